import { describe, expect, it } from '@jest/globals';
import { CLOSE_CODES, LIMITS, PROOF_SUBPROTOCOL, SOCKET_PATH, SUBPROTOCOL } from '@white-rabbit/protocol';
import { WIRE } from './wire.js';

describe('WIRE', () => {
  it('repeats the constants of the protocol', () => {
    const { heartbeatIntervalMs, heartbeatTimeoutMs, ringMs, outcomeMs, signalBurst, contacts } = LIMITS;
    const own = { heartbeatIntervalMs, heartbeatTimeoutMs, ringMs, outcomeMs, signalBurst, contacts };
    const names = { subprotocol: SUBPROTOCOL, proofSubprotocol: PROOF_SUBPROTOCOL, path: SOCKET_PATH };
    expect(WIRE).toEqual({ ...own, ...names, restart: CLOSE_CODES.restart });
  });
});
