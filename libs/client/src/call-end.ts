import type { HangupReason, RejectReason } from '@white-rabbit/protocol';
import type { FailureCode } from './outcome.js';

/**
 * Why the server's part in a call ended.
 *
 * - `established`: the peers are connected and need no server any more.
 * - `hangup`, `cancelled` (hung up while ringing), `timeout` (it rang for 45 s), `peer_offline`: PROTOCOL.md, section 4.
 * - `declined`, `busy`: the callee said so.
 * - `glare`: both called at once, and the other's call goes on; the call that this side made stands for it.
 * - `disconnected`: this side's own connection to the server broke.
 * - any other: the server refused the call, or the accepting of it, with this error code.
 */
export type CallEnd = 'established' | HangupReason | RejectReason | FailureCode;
