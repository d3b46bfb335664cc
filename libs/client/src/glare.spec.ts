import { beforeEach, describe, expect, it } from '@jest/globals';
import { pass, settle } from '../test/fake-clock.js';
import { client, server, rings, lastCallId, told, sitDown } from '../test/desk.js';

sitDown();

describe('When both call each other', () => {
  /** What the server does when bob's call is the one that goes on, in the orders it may do it in. */
  const LOST: Readonly<Record<string, (own: string) => void>> = {
    'ring, ack, hangup': (own) => {
      told('ring', 'call-of-bob');
      server.ack('call');
      told('hangup', own, { reason: 'glare' });
    },
    'ack, ring, hangup': (own) => {
      server.ack('call');
      told('ring', 'call-of-bob');
      told('hangup', own, { reason: 'glare' });
    },
    'hangup, ring, error': (own) => {
      told('hangup', own, { reason: 'glare' });
      told('ring', 'call-of-bob');
      server.refuse('call', 'call_not_found');
    },
    'ring, hangup, error': (own) => {
      told('ring', 'call-of-bob');
      told('hangup', own, { reason: 'glare' });
      server.refuse('call', 'call_not_found');
    },
    'hangup, ack, ring': (own) => {
      told('hangup', own, { reason: 'glare' });
      server.ack('call');
      told('ring', 'call-of-bob');
    },
  };

  it.each(Object.keys(LOST))("takes the other's call where that goes on: %s", async (order) => {
    const call = client.call('peer-bob');
    const own = lastCallId();
    LOST[order]?.(own);
    await settle();
    expect([call.id, call.role, server.countOf('accept')]).toEqual(['call-of-bob', 'callee', 1]);
    server.ack('accept');
    expect(await call.answered).toBe('accepted');
    told('signal', 'call-of-bob', { signal: { a: 1 } });
    const signals: object[] = [];
    call.on('signal', (signal) => signals.push(signal));
    expect([signals, rings]).toEqual([[{ a: 1 }], []]);
    told('hangup', 'call-of-bob', { reason: 'hangup' });
    expect(await call.ended).toBe('hangup');
  });

  it('goes on with its own where that is the one, and never shows the other', async () => {
    const call = client.call('peer-bob');
    told('ring', 'call-of-bob');
    server.ack('call');
    told('hangup', 'call-of-bob', { reason: 'glare' });
    told('accept', lastCallId());
    expect(await call.answered).toBe('accepted');
    expect([call.role, rings, server.countOf('accept')]).toEqual(['caller', [], 0]);
  });

  describe("and the other's rang here before", () => {
    beforeEach(() => told('ring', 'call-of-bob'));

    it('takes it where it is the one that goes on', async () => {
      const call = client.call('peer-bob');
      told('hangup', lastCallId(), { reason: 'glare' });
      server.refuse('call', 'call_not_found');
      expect(await rings[0]?.ended).toBe('glare');
      expect([call.id, call.role, server.countOf('accept')]).toEqual(['call-of-bob', 'callee', 1]);
      server.ack('accept');
      expect(await call.answered).toBe('accepted');
      told('signal', 'call-of-bob', { signal: { a: 1 } });
      const signals: object[] = [];
      call.on('signal', (signal) => signals.push(signal));
      told('hangup', 'call-of-bob', { reason: 'hangup' });
      expect([signals, await call.ended, rings.length]).toEqual([[{ a: 1 }], 'hangup', 1]);
    });

    it('goes on with its own where that is the one', async () => {
      const call = client.call('peer-bob');
      server.ack('call');
      told('hangup', 'call-of-bob', { reason: 'glare' });
      told('accept', call.id);
      expect([await call.answered, await rings[0]?.ended, call.role]).toEqual(['accepted', 'glare', 'caller']);
    });

    it('lets it ring on, and is not told of it twice, where its own came to nothing otherwise', async () => {
      const call = client.call('peer-bob');
      server.refuse('call', 'rate_limited');
      expect(await call.answered).toBe('rate_limited');
      await settle();
      expect(rings.map(({ id, state }) => [id, state])).toEqual([['call-of-bob', 'ringing']]);
    });
  });

  it("shows the other's call where its own came to nothing otherwise", async () => {
    const call = client.call('peer-bob');
    told('ring', 'call-of-bob');
    server.refuse('call', 'rate_limited');
    expect(await call.answered).toBe('rate_limited');
    await settle();
    expect(rings.map(({ id }) => id)).toEqual(['call-of-bob']);
  });

  it('ends when the call that should go on never comes', async () => {
    const call = client.call('peer-bob');
    told('hangup', lastCallId(), { reason: 'glare' });
    await pass(5_000);
    expect(await call.answered).toBe('glare');
  });

  it('does not mistake the call of somebody else for it', () => {
    client.call('peer-bob');
    server.say('ring', { call_id: 'call-of-carol', peer_id: 'peer-carol' });
    expect(rings.map(({ id }) => id)).toEqual(['call-of-carol']);
  });
});
