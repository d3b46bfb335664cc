import type { SessionId } from '@white-rabbit/protocol';
import type { Answer, CallMessage } from '@white-rabbit/signaling';

/** Requests `first` to `last` all have this answer. The sender of the requests gave them consecutive ids. */
export interface AnswerRun {
  readonly first: number;
  readonly last: number;
  readonly answer: Answer;
}

/** Everything that one node sends to another. */
export type NodeMessage =
  /** From one call leg to the other: `ring`, `accept`, `reject`, `signal`, `end`. */
  | CallMessage
  /** A newer session took the peer of this session of the receiver. */
  | { readonly kind: 'displaced'; readonly session: SessionId }
  /** An operator requests that the receiver drains and leaves, as SIGTERM does. */
  | { readonly kind: 'drain' }
  /** From a node to itself: if it returns, the node receives what is sent to it. */
  | { readonly kind: 'probe' }
  /** The answers to many requests. */
  | { readonly kind: 'response'; readonly runs: readonly AnswerRun[] };

/** A message that has a handler and, sent as a request, an answer. */
export type HandledMessage = Exclude<NodeMessage, { readonly kind: 'probe' | 'response' }>;

/** The kinds of handled messages. */
export type HandledKind = HandledMessage['kind'];

/** The message of a kind. */
export type MessageOf<K extends NodeMessage['kind']> = Extract<NodeMessage, { readonly kind: K }>;
