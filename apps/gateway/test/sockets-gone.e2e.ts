import { readdir, readlink } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { callId, eventually, newIdentity } from '@white-rabbit/testing';
import { onStage } from './on-stage.js';
import { CLOSE, rawFrame, RawSocket, TEXT, type RawOptions } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { GENEROUS, PLACES, PRESENCE_MS } from './settings.js';

const stage = onStage(2, { env: GENEROUS });
const raws: RawSocket[] = [];

afterEach(() => {
  for (const raw of raws.splice(0)) raw.reset();
});

/** An ended connection has its socket closed within this time; what is looked at takes its time, too. Milliseconds. */
const GONE_MS = 5_000 + 1_000;

const NORMAL_CLOSE = rawFrame(CLOSE, Buffer.from([0x03, 0xe8]));

/** Answered with 200 bytes. */
const HEARTBEAT = rawFrame(TEXT, Buffer.from(JSON.stringify({ event: 'heartbeat', ref: '語'.repeat(50) })));
/** Answers for which a client that does not read has no room in the kernel's buffers, and more than the gateway keeps. */
const FLOOD_FRAMES = 60_000;

const gateway = () => stage.cluster.gateway(0);

async function upgraded(options?: RawOptions): Promise<RawSocket> {
  const raw = await RawSocket.upgraded(gateway().port, options);
  raws.push(raw);
  return raw;
}

/** A registered client that lingers: it closes its side of the TCP connection only when a test says so. */
async function lingeringPeer() {
  const raw = await upgraded({ lingers: true });
  const identity = { ...newIdentity('bob'), license_key: await stage.key() };
  raw.sayEvent('register', identity);
  await raw.isTold('"registered"');
  return { raw, peer_id: identity.peer_id };
}

async function outgoingBytes(): Promise<number> {
  return readScrape(await gateway().metrics()).sum('wr_outgoing_bytes');
}

/** Sockets that the process of the gateway has open now. */
async function openSockets(): Promise<number> {
  const folder = `/proc/${gateway().pid}/fd`;
  const links = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.filter((link) => link.startsWith('socket:')).length;
}

describe.each(PLACES)(
  'A callee that has sent a Close frame and keeps its TCP connection, the caller $place',
  ({ far }) => {
    it('is OFFLINE within a second, and what is sent to it is answered with an error, never with ack', async () => {
      const bob = await lingeringPeer();
      const alice = await stage.player('alice', { at: far, contacts: [bob.peer_id] });
      await alice.next('presence');
      const call_id = callId();
      expect(await alice.ask('call', { peer_id: bob.peer_id, call_id })).toMatchObject({ event: 'ack' });
      bob.raw.sayEvent('accept', { call_id });
      await alice.next('accept');

      bob.raw.say(NORMAL_CLOSE);
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

describe('A client whose receive window is full', () => {
  it.each([
    ['sends a FIN', (raw: RawSocket) => raw.finish()],
    ['sends a Close frame', (raw: RawSocket) => raw.say(NORMAL_CLOSE)],
    ['has its connection closed by the gateway and simply stays', (raw: RawSocket) => raw.say(flood())],
  ])('and which %s is OFFLINE within a second, and costs no descriptor and no byte 5 s later', async (_, leave) => {
    const before = await openSockets();
    const bob = await lingeringPeer();
    bob.raw.stopReading();
    await fill(bob.raw);
    const alice = await stage.player('alice', { at: 1, contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject({ data: { peers: [{ status: 'ONLINE' }] } });

    leave(bob.raw);
    expect(await alice.next('presence', PRESENCE_MS)).toMatchObject({ data: { peers: [{ status: 'OFFLINE' }] } });
    await eventually('its bytes are gone', async () => (await outgoingBytes()) === 0, { deadlineMs: GONE_MS });
    // Other connections, to Redis and PostgreSQL, come and go.
    await eventually('its descriptor is gone', async () => (await openSockets()) <= before, { deadlineMs: GONE_MS });
  });

  /** Until its window is full, and something waits at the gateway. */
  async function fill(raw: RawSocket): Promise<void> {
    await eventually(
      'bytes wait for it',
      async () => {
        raw.say(Buffer.concat(Array.from({ length: 1_000 }, () => HEARTBEAT)));
        return (await outgoingBytes()) > 0;
      },
      { everyMs: 10 },
    );
  }

  function flood(): Buffer {
    return Buffer.concat(Array.from({ length: FLOOD_FRAMES }, () => HEARTBEAT));
  }
});
