import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { BUS_TEXT_BYTES } from '../bus.js';
import { A, ABSENT, B, DRAIN, OK, pair, signal } from '../../test/rpc/rpc-pair.js';

describe('NodeRpc, for what it receives,', () => {
  test('counts texts that it cannot decode, and continues', async () => {
    const { clock, a, b, busB, hears } = pair();
    for (const text of ['junk', '1 x\nr1 5\nwrong', '2 node-a 1\n', `1 ${'x'.repeat(BUS_TEXT_BYTES)}`]) busB.hear(text);
    hears();
    const outcome = a.request(B, signal(''));
    await clock.advance(10);
    expect(await outcome).toEqual(OK);
    expect(b.ignored).toEqual({ malformed: 2, version: 1, oversized: 1, repeated: 0, message: 0 });
  });

  test('answers internal to a message that it does not have, and handles those behind it', async () => {
    const { clock, busB, b, heard, hears } = pair();
    hears();
    busB.hear(
      `1 ${A} 1 0 0\nteleport 1 0 2\n{}signal 2 0 4 call-0001 session-1 session-2\n{hi}probe 3 0 0\nteleport 0 0 0\n`,
    );
    await clock.advance(10);
    expect([heard, b.ignored.message]).toEqual([['hi'], 3]);
    expect(busB.sent[0]).toContain('\nresponse 0 0 0 internal 1 1 ok 2 2 internal 3 3\n');
  });

  test('drops a publish that arrives again or too late, and counts those that did not arrive', async () => {
    const { clock, busB, b, heard, hears } = pair();
    hears();
    const hear = (from: NodeId, sequence: number) => {
      const text = `${from} ${sequence}`;
      busB.hear(`1 ${from} ${sequence} 0 0\nsignal 0 0 ${text.length + 2} call-0001 session-1 session-2\n{${text}}`);
    };
    for (const sequence of [3, 3, 2, 6, 4]) hear(A, sequence);
    hear(ABSENT, 1);
    await clock.advance(10);
    expect(heard).toEqual([`${A} 3`, `${A} 6`, `${ABSENT} 1`]);
    expect([b.ignored.repeated, b.lost]).toEqual([3, 2]);
  });

  test('numbers the publishes to each node without gaps', async () => {
    const { clock, a, b, hears } = pair();
    hears();
    for (let turn = 0; turn < 5; turn += 1) {
      a.notify(B, signal('x'));
      a.notify(ABSENT, DRAIN);
      a.probe();
      await clock.advance(1);
    }
    expect([b.lost, b.ignored.repeated, a.lost, a.ignored.repeated]).toEqual([0, 0, 0, 0]);
  });

  test('reports to its handler which messages are older than their sender waits', async () => {
    const { clock, busB, b } = pair();
    const heard: (readonly [string, boolean])[] = [];
    b.on('signal', (_from, { signal: text }, isLate) => {
      heard.push([text, isLate]);
      return 'ok';
    });
    const hear = (sequence: number, sentMs: number, text: string) => {
      busB.hear(`1 ${A} ${sequence} ${sentMs} 0\nsignal 1 0 7 call-0001 session-1 session-2\n{${text}}`);
    };
    await clock.advance(10_000);
    hear(1, 10_000, 'first');
    await clock.advance(10_000);
    hear(2, 17_250, 'entry');
    hear(3, 17_150, 'stale');
    expect(heard).toEqual([
      ['{first}', false],
      ['{entry}', false],
      ['{stale}', true],
    ]);
  });

  test.each([
    ['the transit time of each publish', 0, 7],
    ['0 if the clock of the sender is ahead', 5_000, 0],
  ])('reports %s', async (_what, wallAheadMs, lagMs) => {
    const { clock, a, lags } = pair({ transitMs: 7, wallAheadMs });
    a.notify(B, DRAIN);
    await clock.advance(20);
    a.notify(B, DRAIN);
    await clock.advance(20);
    expect(lags).toEqual([lagMs, lagMs]);
  });

  test('regards messages of an unknown node as late after this process was stopped, until a probe has returned', async () => {
    const { clock, a, busA, b } = pair({ transitMs: 2 });
    const late: boolean[] = [];
    a.on('drain', (_from, _message, isLate) => {
      late.push(isLate);
      return 'ok';
    });
    await clock.advance(1_000);
    await clock.freeze(20_000);
    busA.hear(`1 ${ABSENT} 1 0 0\ndrain 0 0 0\n`);
    await clock.advance(5);
    b.notify(A, DRAIN);
    await clock.advance(5);
    expect(late).toEqual([true, false]);
  });
});
