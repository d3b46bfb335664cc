import { encodeSignal, type CallId, type PeerId, type SessionId, type Status } from '@white-rabbit/protocol';
import type { FrameSink } from './frame-sink.js';
import type { NodeId, Route } from './route.js';
import { NO_ITEMS, type SmallSet } from './small-set.js';

/**
 * A registered connection. A node has tens of thousands of idle sessions, so a session allocates a field only when it
 * is needed.
 */
export class Session {
  /** Its call legs; defined only while it has any. At most `LIMITS.calls`. Maintained by `Calls`. */
  calls: Map<CallId, CallLeg> | undefined = undefined;

  /** The peers it watches. At most `LIMITS.contacts`. Maintained by `Contacts`. */
  contacts: SmallSet<Contact> = NO_ITEMS;

  /** Its route while it is open; a session that was replaced has none. Maintained by `SessionRegistry`. */
  route: Route | undefined = undefined;

  /** Set permanently once its socket has closed; nothing may attach itself to the session after that. */
  closed = false;

  constructor(
    readonly id: SessionId,
    readonly peer: PeerId,
    /** Id of the license it registered with. Never its key. */
    readonly license: string,
    readonly sink: FrameSink,
  ) {}
}

/** The role of a session in a call. */
export type CallRole = 'caller' | 'callee';

/**
 * `ringing` → `active`. A callee's call leg is `accepting` in between, until it is certain that the caller has
 * received the `accept`. An `accepting` leg allows its client everything that an active one does, but can fall back to
 * `ringing`.
 */
export type CallState = 'ringing' | 'accepting' | 'active';

/** The other end of a call: the only session and node whose frames are accepted for it. */
export interface OtherEnd {
  readonly peer: PeerId;
  readonly session: SessionId;
  readonly node: NodeId;
}

/** One session's end of a call, kept by its node. No node keeps the whole call. */
export class CallLeg {
  state: CallState = 'ringing';
  /** When the ringing times out, monotonic ms. */
  ringsUntilMs = Infinity;
  /** The leg of the other end if it is at this node: then a signal needs no look-up. Maintained by `Calls`. */
  twin: CallLeg | undefined = undefined;
  /** Reports to the client of this leg that its `call` or `accept` was delivered. Maintained by `Calls`. */
  onDelivered: (() => void) | undefined = undefined;
  #isDelivered = false;

  constructor(
    readonly id: CallId,
    readonly role: CallRole,
    readonly session: Session,
    readonly other: OtherEnd,
  ) {}

  /** Whether that session on that node is this call's other end. */
  isWith(session: SessionId, node: NodeId): boolean {
    return this.other.session === session && this.other.node === node;
  }

  /** Whether the call has not ended for this side. */
  get isOpen(): boolean {
    return this.session.calls?.get(this.id) === this;
  }

  /** Whether it is certain that the `call` or `accept` of this side has reached the other side. */
  get isDelivered(): boolean {
    return this.#isDelivered;
  }

  /** The `call` or `accept` of this side has reached the other side. Its client learns that once, before anything else. */
  delivered(): void {
    if (this.#isDelivered) return;
    this.#isDelivered = true;
    this.onDelivered?.();
    this.onDelivered = undefined;
  }

  /** Sends a signal of the other end to the client of this leg. `ok`: the client's socket has accepted it. */
  relay(signal: string): 'ok' | 'peer_offline' | 'call_not_found' | 'call_not_active' {
    if (this.session.closed) return 'peer_offline';
    if (!this.isOpen) return 'call_not_found';
    if (this.state === 'ringing') return 'call_not_active';
    // The caller sends signals only after it has received the accept.
    if (this.state === 'accepting') {
      this.state = 'active';
      this.delivered();
    }
    return this.session.sink.send(encodeSignal(this.id, this.other.peer, signal)) ? 'ok' : 'peer_offline';
  }
}

/** A peer that sessions of this node watch. They share this record, which the source of presence creates. */
export interface Contact {
  readonly peer: PeerId;
  /** The status that was last reported. */
  readonly status: Status;
  /** Maintained by `Contacts`. */
  watchers: SmallSet<Session>;
}
