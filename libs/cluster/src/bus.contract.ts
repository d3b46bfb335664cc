import { beforeAll, describe, expect, it } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { forEveryEngine, newNode } from '../test/engines-under-test.js';
import { until } from '../test/until.js';
import { type Engines, BUS_BODY_BYTES } from './index.js';

describe('A bus', () => {
  forEveryEngine((open) => {
    let a: { node: NodeId; engines: Engines };
    let b: { node: NodeId; engines: Engines };
    let heard: [NodeId, string][];
    const heardFrom = (from: NodeId) => heard.filter(([sender]) => sender === from).map(([, body]) => body);

    beforeAll(async () => {
      [a, b] = await Promise.all([open(), open()]);
      heard = [];
      b.engines.bus.onMessage((from, body) => heard.push([from, body]));
    }, 20_000);

    it('delivers every text to its node, in order, with its sender', async () => {
      const bodies = Array.from({ length: 500 }, (_, index) => `text ${index}`);
      const deliveries = await Promise.all(bodies.map((body) => a.engines.bus.send(b.node, body)));
      expect(new Set(deliveries)).toEqual(new Set(['sent']));
      await until(() => heardFrom(a.node).length >= 500);
      expect(heardFrom(a.node)).toEqual(bodies);
    });

    it('delivers any text unchanged', async () => {
      const bodies = ['', '\n', '1 x 1\n', '\u0000 ünïcödé 🐇 \r\n', '{"a":"\\n"}'];
      const { engines, node } = await open();
      for (const body of bodies) await engines.bus.send(b.node, body);
      await until(() => heardFrom(node).length >= bodies.length);
      expect(heardFrom(node)).toEqual(bodies);
    });

    it('delivers the largest body', async () => {
      const { engines, node } = await open();
      const body = 'ü'.repeat(BUS_BODY_BYTES / 2);
      expect(await engines.bus.send(b.node, body)).toBe('sent');
      await until(() => heardFrom(node).length === 1);
      expect(heardFrom(node)[0]).toBe(body);
    });

    it('does not send a body that is too large', async () => {
      for (const body of ['x'.repeat(BUS_BODY_BYTES + 1), 'ü'.repeat(BUS_BODY_BYTES / 2 + 1)]) {
        expect(await a.engines.bus.send(b.node, body)).toBe('unavailable');
      }
    });

    it('loops back what a node sends to itself', async () => {
      expect(await b.engines.bus.send(b.node, 'probe')).toBe('sent');
      await until(() => heardFrom(b.node).includes('probe'));
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
