import { beforeAll, describe, expect, it } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { forEveryEngine, newNode } from '../test/engines-under-test.js';
import { until } from '../test/until.js';
import { type Engines, BUS_TEXT_BYTES } from './index.js';

describe('A bus', () => {
  forEveryEngine((open) => {
    let a: { node: NodeId; engines: Engines };
    let b: { node: NodeId; engines: Engines };
    let heard: string[];
    const arrived = (text: string) => until(() => heard.includes(text));

    beforeAll(async () => {
      [a, b] = await Promise.all([open(), open()]);
      heard = [];
      b.engines.bus.onMessage((text) => heard.push(text));
    }, 20_000);

    it('delivers every text to its node, in order', async () => {
      const texts = Array.from({ length: 500 }, (_, index) => `text ${index}`);
      const deliveries = await Promise.all(texts.map((text) => a.engines.bus.send(b.node, text)));
      expect(new Set(deliveries)).toEqual(new Set(['sent']));
      await arrived('text 499');
      expect(heard.filter((text) => text.startsWith('text '))).toEqual(texts);
    });

    it('delivers any text unchanged', async () => {
      const texts = ['', '\n', '1 x 1\n', '\u0000 ünïcödé 🐇 \r\n', '{"a":"\\n"}', 'last of many'];
      const before = heard.length;
      for (const text of texts) await a.engines.bus.send(b.node, text);
      await arrived('last of many');
      expect(heard.slice(before)).toEqual(texts);
    });

    it('delivers the largest text', async () => {
      const text = 'ü'.repeat(BUS_TEXT_BYTES / 2);
      expect(await a.engines.bus.send(b.node, text)).toBe('sent');
      await arrived(text);
    });

    it('does not send a text that is too large', async () => {
      for (const text of ['x'.repeat(BUS_TEXT_BYTES + 1), 'ü'.repeat(BUS_TEXT_BYTES / 2 + 1)]) {
        expect(await a.engines.bus.send(b.node, text)).toBe('unavailable');
      }
    });

    it('loops back what a node sends to itself', async () => {
      expect(await b.engines.bus.send(b.node, 'to itself')).toBe('sent');
      await arrived('to itself');
    });

    it('returns unreachable for a node that was never there', async () => {
      expect(await a.engines.bus.send(newNode(), 'hello')).toBe('unreachable');
    });

    it('returns unreachable for a node that is gone', async () => {
      const gone = await open();
      expect(await a.engines.bus.send(gone.node, 'hello')).toBe('sent');
      gone.engines.close();
      await until(async () => (await a.engines.bus.send(gone.node, 'hello')) === 'unreachable');
    });
  });
});
