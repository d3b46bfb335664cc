import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { eventually, newIdentity } from '@white-rabbit/testing';
import { onStage } from './on-stage.js';
import { PING, PONG, rawFrame, RawSocket } from './raw-socket.js';

/** With the default limits of the protocol. */
const stage = onStage(1);

/** A ping whose payload occurs in its pong and in no other frame. */
const PING_FRAME = rawFrame(PING, Buffer.from('\x01ping'));
const PONG_CHARACTERS = `${String.fromCharCode(PONG)}\x05\x01ping`;

const pings = (count: number) => Buffer.concat(Array.from({ length: count }, () => PING_FRAME));
const pongs = (raw: RawSocket) => raw.heard.split(PONG_CHARACTERS).length - 1;

/** The maximum number of pings that may have been answered since `startMs`. */
function most(startMs: number): number {
  return LIMITS.eventBurst + Math.ceil(((performance.now() - startMs) / 1_000) * LIMITS.eventsPerSecond);
}

describe.each(['before', 'after'])('Pings %s register', (when) => {
  async function client(): Promise<RawSocket> {
    const raw = await RawSocket.upgraded(stage.cluster.gateway(0).port);
    if (when === 'before') return raw;
    raw.sayEvent('register', { ...newIdentity('pinger'), license_key: await stage.key() });
    await raw.isTold('"registered"');
    return raw;
  }

  it('are answered with their payload', async () => {
    const raw = await client();
    raw.say(pings(1));
    await raw.isTold(PONG_CHARACTERS);
    raw.reset();
  });

  it('are answered up to the limit if 100 come in one segment, and the connection stays open', async () => {
    const raw = await client();
    const startMs = performance.now();
    raw.say(pings(100));
    raw.sayEvent('heartbeat', {}, 'behind-the-pings');
    await raw.isTold('behind-the-pings');
    expect(pongs(raw)).toBeGreaterThanOrEqual(LIMITS.eventBurst);
    expect(pongs(raw)).toBeLessThanOrEqual(most(startMs));
    expect(raw.isClosed).toBe(false);
    raw.reset();
  });

  it('close the connection with 4003 if they continue beyond the limit', async () => {
    const raw = await client();
    const startMs = performance.now();
    raw.say(pings(1_000));
    await eventually('the flood is closed', () => raw.closeCode === 4003);
    expect(pongs(raw)).toBeLessThanOrEqual(most(startMs));
    raw.reset();
  });
});
