import { describe, expect, it } from '@jest/globals';
import { callerToShow } from './ring-dialog.js';

const BOB = { peerId: 'peer-of-bob', name: 'bob' };
const CAROL = { peerId: 'peer-of-carol', name: 'carol' };

describe('callerToShow', () => {
  it('keeps the shown caller while it rings', () => {
    expect(callerToShow([BOB, CAROL], CAROL.peerId, new Set())).toBe(CAROL);
    expect(callerToShow([BOB], CAROL.peerId, new Set())).toBe(BOB);
  });

  it('is the first caller that the user has not dismissed', () => {
    expect(callerToShow([BOB, CAROL], undefined, new Set())).toBe(BOB);
    expect(callerToShow([BOB, CAROL], undefined, new Set([BOB.peerId]))).toBe(CAROL);
    expect(callerToShow([BOB, CAROL], undefined, new Set([BOB.peerId, CAROL.peerId]))).toBeUndefined();
  });
});
