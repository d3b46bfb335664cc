import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { keepIdentityFile } from '../src/node/identity-file.js';
import { FakeDatabase } from './fake-database.js';
import { callFriend } from '../examples/browser.js';
import { echo } from '../examples/node.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;

const cluster = useCluster(2);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Provides in Node the browser globals that the browser example uses. */
function likeABrowser(): FakeDatabase {
  const indexedDB = new FakeDatabase();
  Object.defineProperty(globalThis, 'indexedDB', { value: indexedDB, configurable: true });
  Object.defineProperty(globalThis, 'RTCPeerConnection', { value: RTCPeerConnection, configurable: true });
  return indexedDB;
}

describe('The Node example and the browser example', () => {
  it('exchange texts across two gateways, and continue when both gateways are killed', async () => {
    const { kept } = likeABrowser();
    const log = jest.spyOn(console, 'log').mockReturnValue();
    const file = join(folder, 'home', 'node.json');
    const { peerId } = await keepIdentityFile(file);
    const node = await echo(cluster.gateway(1).url, await cluster.licenseKey(), file, 'peer-of-carol');
    expect(await node.online()).toEqual({ ok: true });

    const lines: string[] = [];
    const first = Promise.withResolvers<undefined>();
    const again = Promise.withResolvers<undefined>();
    const show = (line: string) => (lines.push(line) === 1 ? first : again).resolve(undefined);
    const browser = callFriend(cluster.gateway(0).url, await cluster.licenseKey(), peerId, show);
    const { client, peer } = await within('the examples are connected', CONNECT_MS, browser);
    void peer.send('Curiouser and curiouser');
    await within('an echo', 5_000, first.promise);
    expect(lines).toEqual(['Curiouser and curiouser, you said.']);

    await Promise.all(cluster.gateways.map((gateway) => gateway.kill('SIGKILL')));
    void peer.send('We are all mad here');
    await within('an echo without a server', 5_000, again.promise);
    expect(lines[1]).toBe('We are all mad here, you said.');

    expect([...kept.keys()]).toEqual(['default']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await peer.close();
    client.close();
    await eventually('the echo notices', () => log.mock.calls.some(([what]) => what === 'call ended:'));
    expect(log.mock.calls.slice(0, 2)).toEqual([
      ['server:', 'online'],
      ['friend:', 'OFFLINE'],
    ]);
    node.close();
    log.mockRestore();
  });
});
