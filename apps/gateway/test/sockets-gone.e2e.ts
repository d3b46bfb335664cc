import { readdir, readFile, readlink } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { callId, eventually, newIdentity } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { CLOSE, rawFrame, RawSocket, TEXT, type RawOptions } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { GENEROUS, PLACES, PRESENCE_MS } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });
const raws: RawSocket[] = [];

afterEach(() => {
  for (const raw of raws.splice(0)) raw.reset();
});

/**
 * The socket of an ended connection is closed within this time, including the time of the measurement. Milliseconds.
 */
const GONE_MS = 5_000 + 1_000;

const NORMAL_CLOSE = rawFrame(CLOSE, Buffer.from([0x03, 0xe8]));

/** The gateway answers it with 200 bytes. */
const HEARTBEAT = rawFrame(TEXT, Buffer.from(JSON.stringify({ event: 'heartbeat', ref: '語'.repeat(50) })));
/** Answers beyond the kernel's buffers of a client that does not read, and beyond the limit of the gateway. */
const FLOOD_FRAMES = 60_000;
/** Until the gateway has answered so many that it closes the connection, and a second. Milliseconds. */
const FLOOD_MS = 10_000;

const gateway = () => cluster.gateway(0);

async function upgraded(options?: RawOptions): Promise<RawSocket> {
  const raw = await RawSocket.upgraded(gateway().port, options);
  raws.push(raw);
  return raw;
}

/** A registered client that lingers: it closes its side of the TCP connection only if a test requests it. */
async function lingeringPeer() {
  const raw = await upgraded({ lingers: true });
  const identity = { ...newIdentity('bob'), license_key: await cluster.licenseKey() };
  raw.sendEvent('register', identity);
  await raw.receives('"registered"');
  return { raw, peer_id: identity.peer_id };
}

async function outgoingBytes(): Promise<number> {
  return readScrape(await gateway().metrics()).sum('wr_outgoing_bytes');
}

/** Number of sockets for clients that the gateway process has open now. Its connections to back ends come and go. */
async function openSockets(): Promise<number> {
  const port = `:${gateway().port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n')).map((line) => line.trim().split(/\s+/));
  const ours = new Set(rows.filter((row) => row[1]?.endsWith(port)).map((row) => `socket:[${row[9]}]`));
  const folder = `/proc/${gateway().pid}/fd`;
  const links = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.filter((link) => ours.has(link)).length;
}

describe.each(PLACES)(
  'A callee that has sent a Close frame and keeps its TCP connection, the caller $place,',
  ({ far }) => {
    it('is OFFLINE within a second, and frames for it are answered with an error, never with ack', async () => {
      const bob = await lingeringPeer();
      const alice = await cluster.peer('alice', { at: far, contacts: [bob.peer_id] });
      await alice.next('presence');
      const call_id = callId();
      expect(await alice.ask('call', { peer_id: bob.peer_id, call_id })).toMatchObject({ event: 'ack' });
      bob.raw.sendEvent('accept', { call_id });
      await alice.next('accept');

      bob.raw.send(NORMAL_CLOSE);
      await eventually('the Close frame is answered', () => bob.raw.closeCode === 1000, { everyMs: 5 });
      const answers = await Promise.all([
        alice.ask('signal', { call_id, signal: {} }),
        alice.ask('call', { peer_id: bob.peer_id, call_id: callId() }),
      ]);
      expect(answers.map(({ event }) => event)).toEqual(['error', 'error']);
      expect(await alice.next('presence', PRESENCE_MS)).toMatchObject({ data: { peers: [{ status: 'OFFLINE' }] } });
      expect(await alice.next('hangup', PRESENCE_MS)).toMatchObject({ data: { call_id, reason: 'peer_offline' } });
      expect(bob.raw.isClosed).toBe(false);
    });
  },
);

describe('A client with a full receive window', () => {
  it.each([
    ['sends a FIN', (raw: RawSocket) => raw.finish(), PRESENCE_MS],
    ['sends a Close frame', (raw: RawSocket) => raw.send(NORMAL_CLOSE), PRESENCE_MS],
    ['has its connection closed by the gateway and simply stays', (raw: RawSocket) => raw.send(flood()), FLOOD_MS],
  ])('that %s is OFFLINE within a second, and uses no descriptor and no buffer 5 s later', async (_, leave, endMs) => {
    const before = await openSockets();
    const bob = await lingeringPeer();
    const alice = await cluster.peer('alice', { at: 1, contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject({ data: { peers: [{ status: 'ONLINE' }] } });
    bob.raw.stopReading();
    await fill(bob.raw);

    leave(bob.raw);
    expect(await alice.next('presence', endMs)).toMatchObject({ data: { peers: [{ status: 'OFFLINE' }] } });
    await eventually('its bytes are gone', async () => (await outgoingBytes()) === 0, { deadlineMs: GONE_MS });
    await eventually('its descriptor is gone', async () => (await openSockets()) <= before, { deadlineMs: GONE_MS });
  });

  /** Sends until the client's window is full and bytes wait at the gateway. */
  async function fill(raw: RawSocket): Promise<void> {
    await eventually(
      'bytes wait for it',
      async () => {
        raw.send(Buffer.concat(Array.from({ length: 1_000 }, () => HEARTBEAT)));
        return (await outgoingBytes()) > 0;
      },
      { everyMs: 10 },
    );
  }

  function flood(): Buffer {
    return Buffer.concat(Array.from({ length: FLOOD_FRAMES }, () => HEARTBEAT));
  }
});
