import type { NodeId } from '../state/route.js';
import { describe, expect, it } from '@jest/globals';
import type { CallId, SessionId } from '@white-rabbit/protocol';
import { settled } from '../../test/world.js';
import type { Answer } from './outcome.js';
import { PENDING_ENDS_MAX, PendingEnds, type End } from './pending-ends.js';

const THERE = 'node-there' as NodeId;
const ELSEWHERE = 'node-elsewhere' as NodeId;

const end = (n: number): End => ({
  kind: 'end',
  call: `call-${String(n)}` as CallId,
  from: 'session-here' as SessionId,
  to: 'session-there' as SessionId,
  reason: 'hangup',
});

function setUp() {
  const time = { now: 0 };
  const sent: { readonly to: NodeId; readonly end: End; readonly answer: (answer: Answer) => void }[] = [];
  const debts: (readonly [NodeId, number])[] = [];
  const ends = new PendingEnds({
    request: (to, message) => {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      sent.push({ to, end: message, answer: resolve });
      return promise;
    },
    now: () => time.now,
    onDebt: (node, change) => debts.push([node, change]),
  });
  /** Answers everything in transit, and what is sent as a result, until nothing is left. */
  const answerAll = async (answer: Answer) => {
    let count = 0;
    while (sent.length > 0) {
      for (const one of sent.splice(0)) {
        count += 1;
        one.answer(answer);
      }
      await settled();
    }
    return count;
  };
  return { ends, sent, debts, time, answerAll };
}

describe('An end of a call', () => {
  it.each(['ok', 'call_not_found', 'peer_offline', 'internal'] as const)(
    'is removed once it is answered %s',
    async (answer) => {
      const { ends, debts, answerAll } = setUp();
      const first = ends.send(THERE, end(1));
      expect([ends.size, debts]).toEqual([1, [[THERE, 1]]]);
      await answerAll(answer);
      expect(await first).toBe(answer);
      expect([ends.size, debts.at(-1)]).toEqual([0, [THERE, -1]]);
      ends.tick();
      expect(await answerAll('ok')).toBe(0);
    },
  );

  it.each(['undeliverable', 'unavailable'] as const)(
    'that was %s is sent again until it is answered',
    async (answer) => {
      const { ends, sent, answerAll } = setUp();
      const first = ends.send(THERE, end(1));
      await answerAll(answer);
      expect([await first, ends.size]).toEqual([answer, 1]);
      for (let i = 0; i < 3; i += 1) {
        ends.tick();
        ends.tick();
        expect(sent.map((one) => one.end)).toEqual([end(1)]);
        await answerAll(answer);
      }
      ends.tick();
      await answerAll('call_not_found');
      expect(ends.size).toBe(0);
    },
  );

  it('for a node that is lost waits until that node has recovered, and is sent at once then', async () => {
    const { ends, sent, answerAll } = setUp();
    ends.add(THERE, end(1));
    ends.dead(THERE);
    ends.tick();
    expect(sent).toEqual([]);
    ends.recovered(THERE);
    expect(sent.map((one) => [one.to, one.end])).toEqual([[THERE, end(1)]]);
    await answerAll('ok');
    expect(ends.size).toBe(0);
  });

  it('for a node that has not answered for 10 min is removed', async () => {
    const { ends, debts, time, answerAll } = setUp();
    void ends.send(THERE, end(1));
    await answerAll('undeliverable');
    ends.add(ELSEWHERE, end(2));
    ends.dead(ELSEWHERE);
    time.now = 600_001;
    ends.tick();
    expect([ends.size, await answerAll('ok')]).toEqual([0, 0]);
    expect(debts.filter(([, change]) => change === -1)).toEqual([
      [THERE, -1],
      [ELSEWHERE, -1],
    ]);
  });

  it('is kept while this node itself is cut off', async () => {
    const { ends, time, answerAll } = setUp();
    void ends.send(THERE, end(1));
    for (let minutes = 0; minutes < 60; minutes += 1) {
      await answerAll('unavailable');
      time.now += 60_000;
      ends.tick();
    }
    expect(await answerAll('ok')).toBe(1);
  });
});

describe('Many ends', () => {
  it('are kept up to a maximum; further ends are sent once', async () => {
    const { ends, sent, answerAll } = setUp();
    for (let n = 0; n < PENDING_ENDS_MAX; n += 1) ends.add(THERE, end(n));
    const outcome = ends.send(ELSEWHERE, end(0));
    expect([ends.size, sent.length]).toEqual([PENDING_ENDS_MAX, 1]);
    await answerAll('undeliverable');
    expect([await outcome, ends.size]).toEqual(['undeliverable', PENDING_ENDS_MAX]);
  });

  it('are sent in small numbers while the node does not answer, and all once it does', async () => {
    const { ends, sent, answerAll } = setUp();
    for (let n = 0; n < 5_000; n += 1) void ends.send(THERE, end(n));
    expect(await answerAll('undeliverable')).toBe(5_000);
    for (let i = 0; i < 3; i += 1) {
      ends.tick();
      expect(sent.length).toBe(20);
      await answerAll('undeliverable');
    }
    ends.tick();
    expect(await answerAll('call_not_found')).toBe(5_000);
    expect(ends.size).toBe(0);
  });

  it('of one node do not delay those of another', async () => {
    const { ends, sent, answerAll } = setUp();
    for (let n = 0; n < 1_000; n += 1) ends.add(THERE, end(n));
    ends.add(ELSEWHERE, end(1));
    ends.tick();
    expect(sent.filter(({ to }) => to === ELSEWHERE)).toHaveLength(1);
    await answerAll('ok');
    expect(ends.size).toBe(0);
  });
});
