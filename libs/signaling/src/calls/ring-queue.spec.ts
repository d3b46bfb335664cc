import type { NodeId } from '../state/route.js';
import { describe, expect, it } from '@jest/globals';
import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import { sessionOf } from '../../test/recorder.js';
import { CallLeg } from '../state/session.js';
import { RingQueue } from './ring-queue.js';

const other = { peer: 'peer-bob' as PeerId, session: 'session-bob' as SessionId, node: 'node-1' as NodeId };
const leg = (id: string) => new CallLeg(id as CallId, 'caller', sessionOf('peer-alice'), other);

describe('RingQueue', () => {
  it('yields each call leg once, when its time is up', () => {
    const queue = new RingQueue(45_000);
    const [first, second] = [leg('call-0001'), leg('call-0002')];
    queue.add(first, 0);
    queue.add(second, 1_000);
    expect([...queue.due(44_999)]).toEqual([]);
    expect([...queue.due(45_000)]).toEqual([first]);
    expect([...queue.due(60_000)]).toEqual([second]);
    expect([...queue.due(99_000)]).toEqual([]);
  });

  it('never yields a call leg that was removed, even while others are yielded', () => {
    const queue = new RingQueue(10);
    const [first, second] = [leg('call-0001'), leg('call-0002')];
    queue.add(first, 0);
    queue.add(second, 0);
    const given: CallLeg[] = [];
    for (const due of queue.due(10)) {
      given.push(due);
      queue.remove(second);
    }
    expect(given).toEqual([first]);
  });
});
