import { describe, expect, it } from '@jest/globals';
import { forEveryEngine, newNode } from '../test/engines-under-test.js';
import { until } from '../test/redis-process.js';

describe('Announcements', () => {
  forEveryEngine((open) => {
    it('reach every node that listens, the announcing one included, in order', async () => {
      const nodes = await Promise.all([open(), open(), open()]);
      const heard = nodes.map(({ engines }) => {
        const texts: string[] = [];
        engines.announcements.onAnnouncement('license', (text) => texts.push(text));
        return texts;
      });
      const announcer = nodes[0].engines.announcements;
      const first = `first of ${newNode()}`;
      await until(async () => {
        expect(await announcer.announce('license', first)).not.toBe('unavailable');
        return heard.every((texts) => texts.includes(first));
      });
      expect(await announcer.announce('license', 'second')).toBe('sent');
      await until(() => heard.every((texts) => texts.at(-1) === 'second'));

      const gone = nodes[2].engines;
      gone.close();
      await announcer.announce('license', 'third');
      await until(() => heard[0]?.at(-1) === 'third' && heard[1]?.at(-1) === 'third');
      expect(heard[2]?.at(-1)).toBe('second');
    });
  });
});
