import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManagedProcess, REPOSITORY_ROOT, TestCluster, within } from '@white-rabbit/testing';

const EXAMPLE = join(REPOSITORY_ROOT, 'docs/examples/peer.mjs');

describe('The example in the README', () => {
  let two: TestCluster;
  beforeAll(async () => {
    two = await TestCluster.start(2);
  });
  afterAll(() => two.stop());

  it('lets two peers call each other across two gateways', async () => {
    const [license] = await two.licenses.issue({ count: 1, maxDevices: 2 });
    const peer = (gateway: number, ...names: string[]) =>
      new ManagedProcess({
        name: names[0] ?? 'peer',
        command: process.execPath,
        args: [EXAMPLE, two.gateway(gateway).url, license?.license_key ?? '', ...names],
      });
    const bob = peer(0, 'bob');
    await bob.line((line) => (line.includes('registered') ? line : undefined), 10_000);
    const alice = peer(1, 'alice', 'bob');
    const exits = await within('both have hung up', 10_000, Promise.all([alice.exited, bob.exited]));
    expect(exits.map(({ code }) => code)).toEqual([0, 0]);
    expect(alice.lines.filter((line) => line.includes('accept'))).toHaveLength(1);
    expect(bob.lines.join('\n')).toContain('{"hello":"from alice"}');
  });
});
