import { expect, test } from '@jest/globals';
import { openEngines } from '@white-rabbit/cluster';
import type { NodeId } from '@white-rabbit/signaling';
import { DatabaseProbe } from './database-probe.js';
import { RedisSource } from './redis-source.js';

test.each([
  ['redis://127.0.0.1:1', 'nothing listens at its address'],
  ['redis://no-such-host.invalid', 'its host name'],
])('RedisSource gives the reason why Redis does not respond: %s', async (url, why) => {
  const engines = await openEngines({ node: 'admin' as NodeId, redis: { url } });
  const source = new RedisSource(engines, await DatabaseProbe.of(undefined));
  try {
    const { problems } = await source.look();
    expect(problems).toEqual([expect.stringContaining(`Redis cannot be used: ${why}`)]);
  } finally {
    await source.close();
    engines.close();
  }
});
