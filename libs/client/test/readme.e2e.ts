import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import * as sdk from '../src/index.js';
import { FakeDatabase } from './fake-database.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;

const cluster = useCluster(1);
/** All connections. The example closes none, and an open connection keeps the process alive. */
const connections: RTCPeerConnection[] = [];

class TrackedPeerConnection extends RTCPeerConnection {
  constructor(configuration: ConstructorParameters<typeof RTCPeerConnection>[0]) {
    super(configuration);
    connections.push(this);
  }
}

afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
});

/** The first example of the README as a function of the names that it does not declare. */
async function firstExample(): Promise<(...given: readonly unknown[]) => Promise<void>> {
  const readme = await readFile(join(REPOSITORY_ROOT, 'libs/client/README.md'), 'utf8');
  const code = /```ts\n(.*?)```/su.exec(readme)?.[1] ?? '';
  const body = code
    .replace(/^import \{(.*)\} from '@white-rabbit\/client';$/mu, 'const {$1} = sdk;')
    .replace('wss://example.org/ws', cluster.gateway(0).url)
    // The example does not end; the test needs its client.
    .concat('\nonEnd(client);');
  const names = ['sdk', 'licenseKey', 'friend', 'RTCPeerConnection', 'onEnd'];
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text of the README is what is under test
  return new Function(...names, `return (async () => {${body}})();`) as (...given: readonly unknown[]) => Promise<void>;
}

/** The SDK, with an IndexedDB in memory. */
const inNode = { ...sdk, keepIdentity: () => sdk.keepIdentity('default', new FakeDatabase()) };

describe('The first example of the README', () => {
  it('calls a friend and sends a text from peer to peer', async () => {
    const identity = await sdk.createIdentity();
    const url = cluster.gateway(0).url;
    const friend = sdk.connect({ url, licenseKey: await cluster.licenseKey(), ...identity });
    await friend.online();
    const text = new Promise<string>((resolve) => {
      friend.on('ring', async (call) => {
        await call.accept();
        const createConnection = (given: sdk.ConnectionConfiguration) => new TrackedPeerConnection(given);
        new sdk.PeerCall(call, { createConnection }).on('text', resolve);
      });
    });

    const [example, licenseKey] = [await firstExample(), await cluster.licenseKey()];
    const ended = new Promise<sdk.Client>((resolve) => {
      void example(inNode, licenseKey, identity.peerId, TrackedPeerConnection, resolve);
    });
    expect(await within('the text', CONNECT_MS, text)).toBe('Curiouser and curiouser!');
    (await ended).close();
    friend.close();
  });
});
