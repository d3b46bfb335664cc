import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { PrivateNetwork, whyNoNamespaces, type Host } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { TerminalProcess } from './terminal-process.js';

/** Time limit for a connection to be restored on a busy machine. Milliseconds. */
const RESTORED_MS = 40_000;

describeUnless(whyNoNamespaces())('Two terminal clients whose networks change', () => {
  const cluster = useCluster(2);
  let home: string;
  let network: PrivateNetwork;
  let urls: readonly string[];
  const processes: TerminalProcess[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
    network = new PrivateNetwork();
    urls = await Promise.all(cluster.gateways.map(({ url }) => network.reach(url)));
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((own) => own.stop()));
  });
  afterAll(async () => {
    network.close();
    await rm(home, { recursive: true });
  });

  async function terminal(host: Host, name: string, url: string, ...more: string[]): Promise<TerminalProcess> {
    const key = await cluster.licenseKey();
    const line = ['--url', url, '--key', key, '--name', name, '--home', home, ...more];
    const own = TerminalProcess.pipedAt(host.command, line);
    processes.push(own);
    await own.shows('Connected to the server.');
    return own;
  }

  /** Two connected terminals at two gateways, at hosts with these numbers. */
  async function talking(names: readonly [string, string], numbers: readonly [number, number]) {
    const [one, two] = [network.host(numbers[0]), network.host(numbers[1])];
    const bob = await terminal(two, names[1], urls[1] ?? '', '--local-contacts', names[0], '--accept');
    const alice = await terminal(one, names[0], urls[0] ?? '', '--local-contacts', names[1]);
    alice.type(`/call ${names[1]}`);
    alice.type('line 0');
    await bob.shows(`${names[0]}: line 0`);
    return { alice, bob, one, two };
  }

  /** The lines that a terminal has received from a peer. */
  const linesFrom = (own: TerminalProcess, name: string) =>
    own.text.split('\n').filter((line) => line.startsWith(`${name}: `));

  it('continue on the same channel after the address of one changed', async () => {
    const { alice, bob, one } = await talking(['ann', 'ben'], [11, 12]);
    one.moveTo(13);
    for (let number = 1; number < 50; number += 1) alice.type(`line ${number}`);
    await bob.shows('ann: line 49', RESTORED_MS);
    bob.type('an answer');
    await alice.shows('ben: an answer');
    alice.endInput();
    expect(await alice.exited).toBe(0);
    await bob.shows('ann hung up.');
    expect(linesFrom(bob, 'ann')).toEqual(Array.from({ length: 50 }, (_, number) => `ann: line ${number}`));
    expect(bob.text).not.toContain('is calling');
  }, 120_000);

  it('continue after one had no network for 10 s', async () => {
    const { alice, bob, two } = await talking(['cat', 'dan'], [21, 22]);
    two.unplug();
    for (let number = 1; number < 50; number += 1) alice.type(`line ${number}`);
    await alice.shows('The connection to dan is interrupted');
    await pass(5_000);
    two.plug();
    await Promise.all([bob.shows('cat: line 49', RESTORED_MS), alice.shows('is restored.', RESTORED_MS)]);
    alice.endInput();
    expect(await alice.exited).toBe(0);
    expect(linesFrom(bob, 'cat')).toEqual(Array.from({ length: 50 }, (_, number) => `cat: line ${number}`));
  }, 120_000);
});
