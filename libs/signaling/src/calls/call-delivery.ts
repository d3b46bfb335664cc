import type { HangupReason, IceServer, SessionId } from '@white-rabbit/protocol';
import type { Hub } from '../state/hub.js';
import type { NodeId } from '../state/route.js';
import type { CallLeg, Session } from '../state/session.js';
import { CallReceiver } from './call-receiver.js';
import type { CallTable } from './call-table.js';
import type { CallTransport } from './call-transport.js';
import { ClaimQueue } from './claim-queue.js';
import type { CallMessage } from './call-message.js';
import type { Answer } from './outcome.js';
import { endOf, type PendingEnds } from './pending-ends.js';

/** Dependencies of the delivery of call messages. */
export interface CallDeliveryOptions {
  /** This node. */
  readonly self: NodeId;
  readonly hub: Hub;
  readonly transport: CallTransport;
  /** Monotonic milliseconds. */
  now(): number;
  /**
   * Called for every `accept` that is sent to a caller of this node; returns ICE servers for that caller and that call
   * only.
   */
  readonly iceServers?: () => readonly IceServer[] | undefined;
  /**
   * For a message to a session that is not at this node: returns a promise if that session's claim is pending; it
   * settles when the claim succeeds or fails. The message waits for it; waiting messages keep their order.
   */
  readonly claiming?: (session: SessionId) => Promise<unknown> | undefined;
}

/**
 * Delivers call messages: to the session here if the other end is at this node, otherwise to the other node; and the
 * messages of other nodes to the sessions here.
 */
export class CallDelivery {
  readonly #options: CallDeliveryOptions;
  readonly #ends: PendingEnds;
  readonly #receiver: CallReceiver;
  readonly #claims = new ClaimQueue();

  constructor(options: CallDeliveryOptions, table: CallTable, ends: PendingEnds) {
    this.#options = options;
    this.#ends = ends;
    this.#receiver = new CallReceiver(
      table,
      (leg, reason) => {
        void this.sendEnd(leg, reason);
      },
      () => options.now(),
      () => options.iceServers?.(),
    );
  }

  /** Sends a message to the other end of this call leg. */
  request(leg: CallLeg, message: CallMessage): Answer | Promise<Answer> {
    const { node } = leg.other;
    const { self, transport } = this.#options;
    return node === self ? this.receive(node, message) : transport.request(node, message);
  }

  /** Notifies the other side that the call is over, repeatedly until that side confirms it. */
  sendEnd(leg: CallLeg, reason: HangupReason): Answer | Promise<Answer> {
    const { node } = leg.other;
    const message = endOf(leg, reason);
    return node === this.#options.self ? this.receive(node, message) : this.#ends.send(node, message);
  }

  /**
   * Handles a message of another node, in the order of arrival. The answer goes back to that node. If `isLate`, the
   * sender has stopped waiting and has reported that to its client: the message is dropped, unless it ends a call,
   * which is correct at any time.
   */
  receive(from: NodeId, message: CallMessage, isLate = false): Answer | Promise<Answer> {
    if (isLate && message.kind !== 'end') return 'undeliverable';
    const { hub, claiming } = this.#options;
    const session = hub.get(message.to);
    const claim = this.#claims.behind(message.to) ?? (session === undefined ? claiming?.(message.to) : undefined);
    if (claim === undefined) return this.#deliver(session, from, message);
    return this.#claims.hold(message.to, claim, () => this.#deliver(hub.get(message.to), from, message));
  }

  #deliver(session: Session | undefined, from: NodeId, message: CallMessage): Answer {
    if (session === undefined || session.closed) return 'peer_offline';
    return this.#receiver.deliver(session, from, message);
  }
}
