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
  const leg = new CallLeg('call-0001' as CallId, role, session, other);
  table.open(leg, 0);
  return { table, leg, session, heard };
}

describe('CallTable', () => {
  it('drops a call leg once, however often that is requested', () => {
    const { table, leg, session, heard } = setUp('caller', THERE);
    expect(table.size).toBe(1);
    expect([table.end(leg, 'hangup'), table.end(leg, 'timeout'), table.drop(leg, 'refused')]).toEqual([
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
    const { table, leg, heard } = setUp('callee', SELF);
    table.drop(leg, 'established');
    expect(heard).toEqual([['end', 'established', 'callee']]);
  });

  it('treats a later call leg with the same id as another one', () => {
    const { table, leg, session } = setUp('caller', SELF);
    table.drop(leg, 'refused');
    const later = new CallLeg(leg.id, 'caller', session, leg.other);
    table.open(later, 0);
    expect([leg.isOpen, later.isOpen, table.end(leg, 'hangup')]).toEqual([false, true, false]);
    expect(session.calls?.get(leg.id)).toBe(later);
  });

  it.each([
    ['caller', 45_000],
    ['callee', 47_000],
  ] as const)('lets the call leg of a %s ring for %i ms', (role, ms) => {
    const { table, leg } = setUp(role, SELF);
    expect([...table.due(ms - 1)]).toEqual([]);
    expect([...table.due(ms)]).toEqual([leg]);
  });

  it('removes a call leg that ended from the ringing ones', () => {
    const { table, leg } = setUp('caller', SELF);
    table.drop(leg, 'hangup');
    // If it were still in the queue, it would be yielded, because its state is ringing.
    expect([...table.due(Infinity)]).toEqual([]);
  });

  it.each(['accepting', 'active'] as const)('does not time out a call leg that is %s', (state) => {
    const { table, leg } = setUp('callee', SELF);
    leg.state = state;
    expect([...table.due(Infinity)]).toEqual([]);
  });
});
