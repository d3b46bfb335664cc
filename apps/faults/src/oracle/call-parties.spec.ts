import { beforeEach, describe, expect, it } from '@jest/globals';
import { CallParties, type CallFrame } from './call-parties.js';
import { Violations } from './violations.js';

let violations: Violations;
let parties: CallParties;
beforeEach(() => {
  violations = new Violations();
  parties = new CallParties(violations);
  parties.called('call', { caller: 'alice', callee: 'bob' });
});

const arrives = (frame: CallFrame, from: string, to: string, call = 'call') =>
  parties.arrived(frame, { call, from, to });

describe('CallParties', () => {
  it('accepts the frames of each party at the other one', () => {
    for (const frame of ['ring', 'signal', 'hangup'] as const) expect(arrives(frame, 'alice', 'bob')).toBe(true);
    for (const frame of ['accept', 'reject', 'signal', 'hangup'] as const) {
      expect(arrives(frame, 'bob', 'alice')).toBe(true);
    }
    expect(violations.kinds).toEqual([]);
  });

  it.each<readonly [string, CallFrame, string, string]>([
    ['a signal at a peer that is no party', 'signal', 'alice', 'carol'],
    ['a ring at another peer than the callee', 'ring', 'alice', 'carol'],
    ['a ring at the caller', 'ring', 'bob', 'alice'],
    ['an accept at the callee', 'accept', 'alice', 'bob'],
    ['a hangup in the name of another peer', 'hangup', 'carol', 'bob'],
    ['a signal in the name of its receiver', 'signal', 'bob', 'bob'],
  ])('counts %s', (_, frame, from, to) => {
    expect(arrives(frame, from, to)).toBe(false);
    expect(violations.count('misdelivered')).toBe(1);
  });

  it('counts a frame of a call that does not exist', () => {
    expect(arrives('ring', 'alice', 'bob', 'other')).toBe(false);
    expect(violations.count('misdelivered')).toBe(1);
  });
});
