import { describe, expect, it } from '@jest/globals';
import { CLOSE_CODES, LIMITS, SOCKET_PATH, SUBPROTOCOL } from '@white-rabbit/protocol';
import { WIRE } from './wire.js';

describe('WIRE', () => {
  it('repeats the constants of the protocol', () => {
    const { heartbeatIntervalMs, heartbeatTimeoutMs, ringMs, outcomeMs, signalBurst, contacts } = LIMITS;
    const own = { heartbeatIntervalMs, heartbeatTimeoutMs, ringMs, outcomeMs, signalBurst, contacts };
    expect(WIRE).toEqual({ ...own, subprotocol: SUBPROTOCOL, path: SOCKET_PATH, restart: CLOSE_CODES.restart });
  });
});
