import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import * as chat from '../src/chat/index.js';
import * as files from '../src/files/index.js';
import * as sdk from '../src/index.js';
import * as node from '../src/node/index.js';
import { FakeDatabase } from './fake-database.js';
import { examplesOf, run, type Example } from './readme-examples.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;

const cluster = useCluster(1);
/** All connections. The examples close none, and an open connection keeps the process alive. */
const connections: RTCPeerConnection[] = [];
const clients: sdk.Client[] = [];
let folder: string;

class TrackedPeerConnection extends RTCPeerConnection {
  constructor(configuration: ConstructorParameters<typeof RTCPeerConnection>[0]) {
    super(configuration);
    connections.push(this);
  }
}
const createConnection = (given: sdk.ConnectionConfiguration) => new TrackedPeerConnection(given);

/** The entries of the package, with an IndexedDB in memory. */
const modules = {
  '@white-rabbit/client': { ...sdk, keepIdentity: () => sdk.keepIdentity('default', new FakeDatabase()) },
  '@white-rabbit/client/chat': chat,
  '@white-rabbit/client/files': files,
  '@white-rabbit/client/node': node,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  jest.spyOn(console, 'log').mockReturnValue();
});
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()));
  for (const client of clients.splice(0)) client.close();
  jest.restoreAllMocks();
});

/** A registered client, and its peer id. */
async function online(): Promise<readonly [sdk.Client, string]> {
  const identity = await sdk.createIdentity();
  const url = cluster.gateway(0).url;
  const client = sdk.connect({ url, licenseKey: await cluster.licenseKey(), ...identity });
  clients.push(client);
  expect(await client.online()).toEqual({ ok: true });
  return [client, identity.peerId];
}

/** The address of the examples is that of the gateway. */
const address = () => ({ 'wss://example.org/ws': cluster.gateway(0).url });

/** What each example of the README is given, and what it must do, in the order of the README. */
const CHECKS: readonly ((example: Example) => Promise<void>)[] = [
  async (example) => {
    const [friend, friendId] = await online();
    const text = new Promise<string>((resolve) => {
      friend.on('ring', async (call) => {
        await call.accept();
        new sdk.PeerCall(call, { createConnection }).on('text', resolve);
      });
    });
    const names = {
      licenseKey: await cluster.licenseKey(),
      friend: friendId,
      RTCPeerConnection: TrackedPeerConnection,
    };
    const ended = run(example, { modules, names }, address(), ['client']);
    expect(await within('the text', CONNECT_MS, text)).toBe('Curiouser and curiouser!');
    clients.push((await ended)['client'] as sdk.Client);
  },
  async (example) => {
    const [client] = await online();
    const [, peerId] = await online();
    const { link } = await run(example, { modules, names: { client, peerId } }, address(), ['link']);
    expect(link).toMatch(/^white-rabbit:#server=ws/);
    expect([...client.contacts]).toEqual([peerId]);
  },
  async (example) => {
    const content = randomBytes(200_000);
    for (const side of [0, 1]) {
      await mkdir(join(folder, `downloads-${side}`));
      await writeFile(join(folder, `tea-${side}.txt`), content);
    }
    const runs = (await acceptedCall()).map((call, side) => {
      const [own, path] = [join(folder, `downloads-${side}`), join(folder, `tea-${side}.txt`)];
      const peer = new sdk.PeerCall(call, { createConnection });
      return run(example, { modules, names: { peer } }, { "'downloads'": `'${own}'`, "'tea.txt'": `'${path}'` });
    });
    await within('both files', CONNECT_MS, Promise.all(runs));
    for (const side of [0, 1]) {
      const received = await readFile(join(folder, `downloads-${side}`, `tea-${1 - side}.txt`));
      expect(Buffer.compare(received, content)).toBe(0);
    }
    expect(console.log).toHaveBeenCalledWith('200000 of 200000 bytes');
    expect(console.log).toHaveBeenCalledWith('done');
  },
  async (example) => {
    const [caller] = await online();
    const file = join(folder, 'me.json');
    const { peerId } = await node.keepIdentityFile(file);
    const names = { licenseKey: await cluster.licenseKey() };
    const ended = run(example, { modules, names }, { ...address(), "'me.json'": `'${file}'` }, ['client']);
    await caller.addContacts([peerId]);
    await within('the example is online', CONNECT_MS, onlineContact(caller, peerId));
    expect(await within('an answer', CONNECT_MS, caller.call(peerId).answered)).toBe('busy');
    expect(((await ended)['client'] as sdk.Client).state.name).toBe('ended');
  },
];

/** Resolves when the contact is online. */
async function onlineContact(client: sdk.Client, peerId: string): Promise<void> {
  while (client.presence.get(peerId) !== 'ONLINE') await client.once('presence');
}

/** Both sides of an accepted call. */
async function acceptedCall(): Promise<readonly [sdk.Call, sdk.Call]> {
  const [[alice], [bob, bobId]] = [await online(), await online()];
  const ring = bob.once('ring');
  const call = alice.call(bobId);
  const incoming = await within('a ring', CONNECT_MS, ring);
  await incoming.accept();
  await call.answered;
  return [call, incoming];
}

const examples = await examplesOf('README.md');

describe('The examples of the README run against a gateway:', () => {
  it('all of them', async () => {
    expect(examples).toHaveLength(CHECKS.length);
    expect(await examplesOf('PEER-CALLS.md')).toEqual([]);
  });

  it.each(examples.map((example, index) => [example.title, example, CHECKS[index]] as const))(
    '%s',
    async (_, example, check) => {
      await check?.(example);
    },
  );
});
