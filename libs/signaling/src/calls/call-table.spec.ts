import type { NodeId } from '../state/route.js';
import { describe, expect, it } from '@jest/globals';
import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import { sessionOf } from '../../test/recorder.js';
import { CallLeg, type CallRole } from '../state/session.js';
import { CallTable } from './call-table.js';

const SELF = 'node-self' as NodeId;
const THERE = 'node-there' as NodeId;

function setUp(role: CallRole, node: NodeId) {
  const heard: unknown[] = [];
  const table = new CallTable(SELF, {
    onEnd: (reason, ended) => heard.push(['end', reason, ended]),
    onTalk: (to, change) => heard.push(['talk', to, change]),
  });
  const other = { peer: 'peer-bob' as PeerId, session: 'session-bob' as SessionId, node };
  const session = sessionOf('peer-alice');
  const half = new CallLeg('call-0001' as CallId, role, session, other);
  table.open(half, 0);
  return { table, half, session, heard };
}

describe('CallTable', () => {
  it('drops a call leg once, however often that is requested', () => {
    const { table, half, session, heard } = setUp('caller', THERE);
    expect(table.size).toBe(1);
    expect([table.end(half, 'hangup'), table.end(half, 'timeout'), table.drop(half, 'refused')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(table.size).toBe(0);
    expect(session.sink.take().map(({ data }) => data['reason'])).toEqual(['hangup']);
    expect(heard).toEqual([
      ['talk', THERE, 1],
      ['talk', THERE, -1],
      ['end', 'hangup', 'caller'],
    ]);
  });

  it('reports only other nodes to onTalk', () => {
    const { table, half, heard } = setUp('callee', SELF);
    table.drop(half, 'established');
    expect(heard).toEqual([['end', 'established', 'callee']]);
  });

  it('treats a later call leg with the same id as another one', () => {
    const { table, half, session } = setUp('caller', SELF);
    table.drop(half, 'refused');
    const later = new CallLeg(half.id, 'caller', session, half.other);
    table.open(later, 0);
    expect([table.has(half), table.has(later), table.end(half, 'hangup')]).toEqual([false, true, false]);
    expect(table.find(session, half.id)).toBe(later);
  });

  it.each([
    ['caller', 45_000],
    ['callee', 47_000],
  ] as const)('lets the call leg of a %s ring for %i ms', (role, ms) => {
    const { table, half } = setUp(role, SELF);
    expect([...table.due(ms - 1)]).toEqual([]);
    expect([...table.due(ms)]).toEqual([half]);
  });

  it('removes a call leg that ended or was answered from the ringing ones', () => {
    for (const leave of ['drop', 'answered'] as const) {
      const { table, half } = setUp('caller', SELF);
      if (leave === 'drop') table.drop(half, 'hangup');
      else table.answered(half);
      // If it were still in the queue, it would be yielded, because its state here is ringing.
      half.state = 'ringing';
      expect([...table.due(Infinity)]).toEqual([]);
    }
  });
});
