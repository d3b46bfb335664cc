import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { eventually, newIdentity } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { PING, PONG, rawFrame, RawSocket } from './raw-socket.js';

/** With the default limits of the protocol. */
const cluster = useCluster(1);

/** A ping whose payload occurs in its pong and in no other frame. */
const PING_FRAME = rawFrame(PING, Buffer.from('\x01ping'));
const PONG_CHARACTERS = `${String.fromCharCode(PONG)}\x05\x01ping`;

const pings = (count: number) => Buffer.concat(Array.from({ length: count }, () => PING_FRAME));
const pongs = (raw: RawSocket) => raw.received.split(PONG_CHARACTERS).length - 1;

/** The maximum number of pings that may have been answered since `startMs`. */
function most(startMs: number): number {
  return LIMITS.eventBurst + Math.ceil(((performance.now() - startMs) / 1_000) * LIMITS.eventsPerSecond);
}

describe.each(['before', 'after'])('Pings %s register', (when) => {
  async function client(): Promise<RawSocket> {
    const raw = await RawSocket.upgraded(cluster.gateway(0).port);
    if (when === 'before') return raw;
    raw.sendEvent('register', { ...newIdentity('pinger'), license_key: await cluster.licenseKey() });
    await raw.receives('"registered"');
    return raw;
  }

  it('are answered with their payload', async () => {
    const raw = await client();
    raw.send(pings(1));
    await raw.receives(PONG_CHARACTERS);
    raw.reset();
  });

  it('are answered up to the limit if 100 come in one segment, and the connection stays open', async () => {
    const raw = await client();
    const startMs = performance.now();
    raw.send(pings(100));
    raw.sendEvent('heartbeat', {}, 'behind-the-pings');
    await raw.receives('behind-the-pings');
    expect(pongs(raw)).toBeGreaterThanOrEqual(LIMITS.eventBurst);
    expect(pongs(raw)).toBeLessThanOrEqual(most(startMs));
    expect(raw.isClosed).toBe(false);
    raw.reset();
  });

  it('close the connection with 4003 if they continue beyond the limit', async () => {
    const raw = await client();
    const startMs = performance.now();
    raw.send(pings(1_000));
    await eventually('the flood is closed', () => raw.closeCode === 4003);
    expect(pongs(raw)).toBeLessThanOrEqual(most(startMs));
    raw.reset();
  });
});
