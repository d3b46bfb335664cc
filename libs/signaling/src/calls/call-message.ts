import type { CallId, HangupReason, PeerId, RejectReason, SessionId } from '@white-rabbit/protocol';

/** What each of them says: whose call, from which session to which. */
interface Between {
  readonly call: CallId;
  readonly from: SessionId;
  readonly to: SessionId;
}

/** What the node of one end of a call tells the node of the other. */
export type CallMessage = Between &
  (
    | { readonly kind: 'ring'; /** The caller. */ readonly peer: PeerId }
    | { readonly kind: 'accept' }
    | { readonly kind: 'reject'; readonly reason: RejectReason }
    | { readonly kind: 'signal'; /** The text of the object as it came in. */ readonly signal: string }
    | { readonly kind: 'end'; readonly reason: HangupReason }
  );
