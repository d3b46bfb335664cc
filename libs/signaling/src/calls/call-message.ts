import type { CallId, HangupReason, PeerId, RejectReason, SessionId } from '@white-rabbit/protocol';

/** Fields of every call message: the call, the sending session and the receiving session. */
interface Between {
  readonly call: CallId;
  readonly from: SessionId;
  readonly to: SessionId;
}

/** A message from the node of one call leg to the node of the other. */
export type CallMessage = Between &
  (
    | {
        readonly kind: 'ring';
        /** The caller. */
        readonly peer: PeerId;
        /** The earlier call that the caller names; passed on, never compared. */
        readonly resumes?: CallId | undefined;
      }
    | { readonly kind: 'accept' }
    | { readonly kind: 'reject'; readonly reason: RejectReason }
    | { readonly kind: 'signal'; /** The text of the object as it was received. */ readonly signal: string }
    | { readonly kind: 'end'; readonly reason: HangupReason }
  );
