import { expect, it } from '@jest/globals';
import { ERROR_CODES } from '@white-rabbit/protocol';
import type * as protocol from '@white-rabbit/protocol';
import type * as own from './protocol-types.js';

/** `true` if the two types accept each other. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;

it('the public types of the client are those of the protocol', () => {
  const status: Same<own.Status, protocol.Status> = true;
  const hangup: Same<own.HangupReason, protocol.HangupReason> = true;
  const reject: Same<own.RejectReason, protocol.RejectReason> = true;
  const error: Same<own.ErrorCode, protocol.ErrorCode> = true;
  expect([status, hangup, reject, error, Object.keys(ERROR_CODES).length]).toEqual([true, true, true, true, 26]);
});
