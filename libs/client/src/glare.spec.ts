import { beforeEach, describe, expect, it } from '@jest/globals';
import { pass, settle } from '../test/fake-timers.js';
import { client, server, rings, lastCallId, serverSends, useClient } from '../test/client-fixture.js';

useClient();

describe('A client in a glare', () => {
  /** The frames of the server if bob's call wins, in all possible orders. */
  const LOST: Readonly<Record<string, (own: string) => void>> = {
    'ring, ack, hangup': (own) => {
      serverSends('ring', 'call-of-bob');
      server.ack('call');
      serverSends('hangup', own, { reason: 'glare' });
    },
    'ack, ring, hangup': (own) => {
      server.ack('call');
      serverSends('ring', 'call-of-bob');
      serverSends('hangup', own, { reason: 'glare' });
    },
    'hangup, ring, error': (own) => {
      serverSends('hangup', own, { reason: 'glare' });
      serverSends('ring', 'call-of-bob');
      server.refuse('call', 'call_not_found');
    },
    'ring, hangup, error': (own) => {
      serverSends('ring', 'call-of-bob');
      serverSends('hangup', own, { reason: 'glare' });
      server.refuse('call', 'call_not_found');
    },
    'hangup, ack, ring': (own) => {
      serverSends('hangup', own, { reason: 'glare' });
      server.ack('call');
      serverSends('ring', 'call-of-bob');
    },
  };

  it.each(Object.keys(LOST))("accepts the other peer's call if that call wins: %s", async (order) => {
    const call = client.call('peer-bob');
    const own = lastCallId();
    LOST[order]?.(own);
    await settle();
    expect([call.id, call.role, server.countOf('accept')]).toEqual(['call-of-bob', 'callee', 1]);
    server.ack('accept');
    expect(await call.answered).toBe('accepted');
    serverSends('signal', 'call-of-bob', { signal: { a: 1 } });
    const signals: object[] = [];
    call.on('signal', (signal) => signals.push(signal));
    expect([signals, rings]).toEqual([[{ a: 1 }], []]);
    serverSends('hangup', 'call-of-bob', { reason: 'hangup' });
    expect(await call.ended).toBe('hangup');
  });

  it("continues its own call if that call wins, and never shows the other peer's call", async () => {
    const call = client.call('peer-bob');
    serverSends('ring', 'call-of-bob');
    server.ack('call');
    serverSends('hangup', 'call-of-bob', { reason: 'glare' });
    serverSends('accept', lastCallId());
    expect(await call.answered).toBe('accepted');
    expect([call.role, rings, server.countOf('accept')]).toEqual(['caller', [], 0]);
  });

  describe("whose peer's call rang first", () => {
    beforeEach(() => serverSends('ring', 'call-of-bob'));

    it("accepts the other peer's call if that call wins", async () => {
      const call = client.call('peer-bob');
      serverSends('hangup', lastCallId(), { reason: 'glare' });
      server.refuse('call', 'call_not_found');
      expect(await rings[0]?.ended).toBe('glare');
      expect([call.id, call.role, server.countOf('accept')]).toEqual(['call-of-bob', 'callee', 1]);
      server.ack('accept');
      expect(await call.answered).toBe('accepted');
      serverSends('signal', 'call-of-bob', { signal: { a: 1 } });
      const signals: object[] = [];
      call.on('signal', (signal) => signals.push(signal));
      serverSends('hangup', 'call-of-bob', { reason: 'hangup' });
      expect([signals, await call.ended, rings.length]).toEqual([[{ a: 1 }], 'hangup', 1]);
    });

    it('continues its own call if that call wins', async () => {
      const call = client.call('peer-bob');
      server.ack('call');
      serverSends('hangup', 'call-of-bob', { reason: 'glare' });
      serverSends('accept', call.id);
      expect([await call.answered, await rings[0]?.ended, call.role]).toEqual(['accepted', 'glare', 'caller']);
    });

    it("lets the other peer's call ring, and shows it once, if its own call fails for another reason", async () => {
      const call = client.call('peer-bob');
      server.refuse('call', 'rate_limited');
      expect(await call.answered).toBe('rate_limited');
      await settle();
      expect(rings.map(({ id, state }) => [id, state])).toEqual([['call-of-bob', 'ringing']]);
    });
  });

  it("shows the other peer's call if its own call fails for another reason", async () => {
    const call = client.call('peer-bob');
    serverSends('ring', 'call-of-bob');
    server.refuse('call', 'rate_limited');
    expect(await call.answered).toBe('rate_limited');
    await settle();
    expect(rings.map(({ id }) => id)).toEqual(['call-of-bob']);
  });

  it('ends its call if the ring of the winning call never arrives', async () => {
    const call = client.call('peer-bob');
    serverSends('hangup', lastCallId(), { reason: 'glare' });
    await pass(5_000);
    expect(await call.answered).toBe('glare');
  });

  it('treats a call from a third peer as a normal incoming call', () => {
    client.call('peer-bob');
    server.say('ring', { call_id: 'call-of-carol', peer_id: 'peer-carol' });
    expect(rings.map(({ id }) => id)).toEqual(['call-of-carol']);
  });
});
