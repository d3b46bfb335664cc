import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { Conversation } from '../src/chat/index.js';
import { BLOCK_BYTES, type FileSource, type IncomingFile, type OutgoingFile } from '../src/files/index.js';
import { connect, createIdentity, type Call, type Client, type ConnectionConfiguration } from '../src/index.js';
import { fileSink, fileSource } from '../src/node/index.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;
/** A file arriving on a busy machine. Milliseconds. */
const TRANSFER_MS = 60_000;
const MIB = 1_048_576;
/** Not a multiple of a block. Bytes. */
const SIZE = 8 * MIB + 7;

const cluster = useCluster(1);
const connections: RTCPeerConnection[] = [];
const createConnection = (configuration: ConnectionConfiguration) => {
  const connection = new RTCPeerConnection(configuration);
  connections.push(connection);
  return connection;
};

let clients: [Client, Client];
const conversations: Conversation[] = [];
let bobId: string;
let home: string;
let path: string;
let content: Buffer;
let folder: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  path = join(home, 'tea party.bin');
  content = randomBytes(SIZE);
  await writeFile(path, content);
});
afterAll(() => rm(home, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(home, 'received-'));
  const identities = [await createIdentity(), await createIdentity()] as const;
  bobId = identities[1].peerId;
  const url = cluster.gateway(0).url;
  const [keyOfAlice, keyOfBob] = [await cluster.licenseKey(), await cluster.licenseKey()];
  clients = [
    connect({ url, licenseKey: keyOfAlice, ...identities[0] }),
    connect({ url, licenseKey: keyOfBob, ...identities[1] }),
  ];
  for (const client of clients) expect(await client.online()).toEqual({ ok: true });
});
afterEach(async () => {
  await Promise.all(conversations.splice(0).map((conversation) => conversation.hangup()));
  for (const client of clients) client.close();
  connections.length = 0;
});

/** Two conversations of one call, and the files that Bob is offered. */
async function talk() {
  const files: IncomingFile[] = [];
  const texts: string[] = [];
  const ring = clients[1].once('ring');
  const start = (call: Call) => {
    const conversation = new Conversation(call, createConnection, {
      onPhase: () => undefined,
      onText: (text) => texts.push(text),
      onFile: (file) => files.push(file),
      onEnded: () => undefined,
    });
    conversations.push(conversation);
    return conversation;
  };
  const alice = start(clients[0].call(bobId));
  const bob = start(await within('a ring', 10_000, ring));
  await bob.accept();
  expect(await within('they are connected', CONNECT_MS, Promise.all([alice.settled, bob.settled]))).toEqual([
    true,
    true,
  ]);
  return { alice, bob, files, texts };
}

/** Alice offers a file, and Bob has the offer. */
async function offer(
  { alice, files }: Awaited<ReturnType<typeof talk>>,
  source?: FileSource,
): Promise<readonly [OutgoingFile, IncomingFile]> {
  const before = files.length;
  const outgoing = alice.sendFile(source ?? (await fileSource(path)));
  const incoming = await eventually('an offer', () => files[before], { deadlineMs: TRANSFER_MS });
  if (!outgoing) throw new Error('The file cannot be sent.');
  return [outgoing, incoming];
}

const ends = (...files: readonly { readonly ended: Promise<string> }[]) =>
  within('both sides know the end', TRANSFER_MS, Promise.all(files.map(({ ended }) => ended)));

describe('A file of 8 MiB between two peers', () => {
  it('arrives with the same content, while texts go on, under a name that was free', async () => {
    const call = await talk();
    await writeFile(join(folder, 'tea party.bin'), 'an older file');
    const [outgoing, incoming] = await offer(call);
    expect(incoming.offer).toMatchObject({ name: 'tea party.bin', size: SIZE });
    const sink = fileSink(folder, incoming.offer);
    incoming.accept(sink);
    await incoming.once('progress');
    expect(await call.bob.send('Is it a big one?')).toMatchObject({ ok: true });
    expect(await ends(outgoing, incoming)).toEqual(['done', 'done']);
    expect(sink.path).toBe(join(folder, 'tea party (2).bin'));
    expect(Buffer.compare(await readFile(sink.path ?? ''), content)).toBe(0);
    expect((await stat(sink.path ?? '')).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['tea party (2).bin', 'tea party.bin']);
    expect([call.texts, call.alice.phase, call.bob.phase]).toEqual([['Is it a big one?'], 'talking', 'talking']);
  }, 120_000);

  it('is continued by a second call after the first was broken midway', async () => {
    const first = await talk();
    const [outgoing, incoming] = await offer(first);
    incoming.accept(fileSink(folder, incoming.offer));
    await within('the half', TRANSFER_MS, reached(incoming, SIZE / 2));
    await first.alice.hangup();
    expect(await ends(outgoing, incoming)).toEqual(['interrupted', 'interrupted']);
    const kept = incoming.done;
    expect(await readdir(folder)).toEqual([`.tea party.bin.${incoming.offer.hash}.part`]);

    const second = await talk();
    let read = 0;
    const source = await fileSource(path);
    const counting: FileSource = {
      ...source,
      read: (offset, length) => {
        read += length;
        return source.read(offset, length);
      },
    };
    const [again, continued] = await offer(second, counting);
    expect(read).toBe(SIZE);
    continued.accept(fileSink(folder, continued.offer));
    expect(await ends(again, continued)).toEqual(['done', 'done']);
    // The hashes read the whole file once; after that, the kept blocks are not read, and so not sent. A last block may have
    // been written when the call had ended.
    expect(kept).toBeGreaterThan(SIZE / 2 - 1);
    expect(SIZE - kept - (read - SIZE)).toBeGreaterThanOrEqual(0);
    expect(SIZE - kept - (read - SIZE)).toBeLessThanOrEqual(BLOCK_BYTES);
    expect(await readdir(folder)).toEqual(['tea party.bin']);
    expect(Buffer.compare(await readFile(join(folder, 'tea party.bin')), content)).toBe(0);
  }, 180_000);

  it('goes on over the same channel when ICE is restarted midway', async () => {
    const call = await talk();
    const both = await offer(call);
    const sink = fileSink(folder, both[1].offer);
    both[1].accept(sink);
    await within('a quarter', TRANSFER_MS, reached(both[1], SIZE / 4));
    const [connection] = connections;
    const before = connection?.localDescription?.sdp;
    connection?.restartIce();
    await eventually('a new description', () => connection?.localDescription?.sdp !== before);
    expect(await ends(...both)).toEqual(['done', 'done']);
    expect(Buffer.compare(await readFile(sink.path ?? ''), content)).toBe(0);
    await eventually('it is stable', () => connection?.signalingState === 'stable');
  }, 120_000);

  it('is declined, or cancelled by either side, and leaves nothing behind', async () => {
    const call = await talk();
    const [declined, refused] = await offer(call);
    refused.decline();
    expect(await ends(declined, refused)).toEqual(['declined', 'declined']);
    for (const side of [0, 1] as const) {
      const both = await offer(call);
      both[1].accept(fileSink(folder, both[1].offer));
      await within('a third', TRANSFER_MS, reached(both[1], SIZE / 3));
      both[side].cancel();
      expect(await ends(...both)).toEqual(['cancelled', 'cancelled']);
      expect(await readdir(folder)).toEqual([]);
    }
  }, 180_000);

  it('ends as broken if a byte is changed, and leaves nothing behind', async () => {
    const call = await talk();
    const source = await fileSource(path);
    let isHashed = false;
    const changed: FileSource = {
      ...source,
      read: async (offset, length) => {
        const block = await source.read(offset, length);
        if (isHashed && offset >= 4 * MIB) block[5] = (block[5] ?? 0) ^ 1;
        return block;
      },
    };
    const both = await offer(call, changed);
    isHashed = true;
    both[1].accept(fileSink(folder, both[1].offer));
    expect(await ends(...both)).toEqual(['broken', 'broken']);
    expect(both[1].done).toBe(4 * MIB);
    expect(await readdir(folder)).toEqual([]);
  }, 120_000);
});

it('Many small files are sent one after the other in one call, four at a time', async () => {
  const call = await talk();
  const small = join(home, 'small.txt');
  await writeFile(small, 'Curiouser and curiouser!');
  for (let round = 0; round < 10; round += 1) {
    const sources = await Promise.all(Array.from({ length: 5 }, () => fileSource(small)));
    const sent = sources.map((source) => call.alice.sendFile(source));
    expect(sent.map((file) => file !== undefined)).toEqual([true, true, true, true, false]);
    await sources[4]?.close?.();
    const received = await eventually('four offers', () => call.files.length === 4 && call.files.splice(0));
    for (const file of received) file.accept(fileSink(await mkdtemp(join(folder, 'small-')), file.offer));
    const all = [...sent.filter((file) => file !== undefined), ...received];
    expect(new Set(await ends(...all))).toEqual(new Set(['done']));
  }
  expect(await call.alice.hangup()).toEqual({ sent: 0, confirmed: 0 });
}, 120_000);

/** Resolves when so many bytes have arrived. */
function reached(file: IncomingFile, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    file.on('progress', ({ done }) => {
      if (done >= bytes) resolve();
    });
  });
}
