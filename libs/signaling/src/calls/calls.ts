import {
  encodeError,
  encodeHangup,
  type CallId,
  type ErrorCode,
  type IceServer,
  type PeerId,
  type RejectReason,
  type SessionId,
} from '@white-rabbit/protocol';
import type { NodeId } from '../state/route.js';
import { CallLeg, type Session } from '../state/session.js';
import { CallDelivery, type CallDeliveryOptions } from './call-delivery.js';
import { CallTable, type CallHooks, type CallLimits } from './call-table.js';
import { glare } from './glare.js';
import type { CallMessage } from './call-message.js';
import { isUncertain, outcome, settle, type Answer, type Outcome, type OutcomeOf } from './outcome.js';
import { endOf, PendingEnds } from './pending-ends.js';

/** The callee and the id of a new `call`, and the earlier call that it resumes. */
export interface CallRequest {
  readonly peer_id: PeerId;
  readonly call_id: CallId;
  readonly resumes?: CallId | undefined;
}

/** Dependencies and settings of a node's calls. */
export interface CallsSettings extends CallHooks, CallDeliveryOptions {
  /** Default: the limits of the protocol. */
  readonly limits?: CallLimits;
}

/**
 * The calls of this node's sessions (docs/protocol.md, section 5). Every method sends its messages and changes its
 * state before it returns, so calling the methods in the order of a client's frames keeps that order. A promise stands
 * only for the other node's answer; later frames may be handled before it settles. No method throws or rejects.
 */
export class Calls {
  readonly #self: NodeId;
  readonly #settings: CallsSettings;
  readonly #table: CallTable;
  readonly #ends: PendingEnds;
  readonly #delivery: CallDelivery;

  constructor(settings: CallsSettings) {
    this.#settings = settings;
    this.#self = settings.self;
    this.#table = new CallTable(settings.self, settings, settings.limits);
    this.#ends = new PendingEnds({
      request: (to, message) => settings.transport.request(to, message),
      now: () => settings.now(),
      onDebt: (node, change) => settings.onTalk?.(node, change),
    });
    this.#delivery = new CallDelivery(settings, this.#table, this.#ends);
  }

  /** Number of call legs at this node, ringing or active: one or two for each call. */
  get size(): number {
    return this.#table.size;
  }

  /** ICE servers for one side of a call of this node; `undefined` if there are none to offer. */
  iceServers(): readonly IceServer[] | undefined {
    return this.#settings.iceServers?.();
  }

  /** Ends of calls that other nodes have not answered yet. */
  get pendingEnds(): number {
    return this.#ends.size;
  }

  /** Whether the session may make this call, checked before the route of its callee is looked up. */
  check(session: Session, { peer_id, call_id }: CallRequest): Outcome {
    if (peer_id === session.peer) return 'self_call';
    if (session.closed) return 'call_not_found';
    if (session.calls === undefined) return 'ok';
    if (session.calls.has(call_id)) return 'call_exists';
    return session.calls.size >= this.#table.limits.calls ? 'call_limit' : 'ok';
  }

  /**
   * Makes the call; `route` is the route of its callee. The call is checked again, because the look-up took time.
   *
   * If the outcome is `ok`, `onOk` is called once, at the moment at which that is certain: before the client gets the
   * callee's `accept` or `reject`, which may arrive before the promise settles.
   */
  ring(
    session: Session,
    request: CallRequest,
    route: { readonly node: NodeId; readonly session: SessionId },
    onOk?: () => void,
  ): Outcome | Promise<Outcome> {
    const checked = this.check(session, request);
    if (checked !== 'ok') return checked;
    const { call_id, peer_id, resumes } = request;
    const { lost, beaten } = glare(session, 'callee', call_id, route.session, route.node);
    if (lost) {
      session.sink.send(encodeHangup(call_id, peer_id, 'glare'));
      return 'call_not_found';
    }
    const leg = new CallLeg(call_id, 'caller', session, { peer: peer_id, session: route.session, node: route.node });
    leg.onDelivered = onOk;
    this.#table.open(leg, this.#settings.now());
    const answer = this.#delivery.request(leg, {
      kind: 'ring',
      call: call_id,
      from: session.id,
      to: route.session,
      peer: session.peer,
      ...(resumes !== undefined && { resumes }),
    });
    for (const other of beaten) {
      this.#table.end(other, 'glare');
      // Sent after the ring. If the ring arrives, the glare decision there ends these calls as well.
      void this.#delivery.sendEnd(other, 'glare');
    }
    return settle(answer, (given) => this.#rung(leg, given));
  }

  /**
   * Accepts a ringing call. The callee's call leg becomes active at once, so its signals may follow immediately. If the
   * outcome is `ok`, `onOk` is called once, at the moment at which that is certain: before the client gets the caller's
   * first signal or its `hangup`, which may arrive before the promise settles.
   */
  accept(session: Session, call: CallId, onOk?: () => void): Outcome | Promise<Outcome> {
    const leg = this.#ringingAtCallee(session, call);
    if (typeof leg === 'string') return leg;
    leg.state = 'accepting';
    leg.onDelivered = onOk;
    const answer = this.#delivery.request(leg, { kind: 'accept', call, from: session.id, to: leg.other.session });
    return settle(answer, (given) => this.#accepted(leg, given));
  }

  /** Rejects a ringing call. It ends on this side, whatever the outcome. */
  reject(session: Session, call: CallId, reason: RejectReason): Outcome | Promise<Outcome> {
    const leg = this.#ringingAtCallee(session, call);
    if (typeof leg === 'string') return leg;
    this.#table.drop(leg, 'rejected');
    const answer = this.#delivery.request(leg, {
      kind: 'reject',
      call,
      from: session.id,
      to: leg.other.session,
      reason,
    });
    return settle(answer, (given) => this.#rejected(leg, given));
  }

  /** Ends a call, ringing or active. It ends on this side, whatever the outcome. */
  hangup(session: Session, call: CallId): Outcome | Promise<Outcome> {
    const leg = session.calls?.get(call);
    if (leg === undefined) return 'call_not_found';
    const reason = leg.role === 'caller' && leg.state === 'ringing' ? 'cancelled' : 'hangup';
    this.#table.drop(leg, reason);
    return settle(this.#delivery.sendEnd(leg, reason), outcome);
  }

  /** The peers are connected: this side's call leg is removed, and no notification is sent. */
  established(session: Session, call: CallId): Outcome {
    const leg = session.calls?.get(call);
    if (leg === undefined) return 'call_not_found';
    if (leg.state === 'ringing') return 'call_not_active';
    this.#table.drop(leg, 'established');
    return 'ok';
  }

  /**
   * Relays a signal of an active call; `raw` is the text of the object as it was received. If the outcome is not
   * `isAwaited`, `ok` may also mean that the signal is on its way, and a failure that is known later is sent to the client
   * as `error`.
   */
  signal(session: Session, call: CallId, raw: string, isAwaited = true): Outcome | Promise<Outcome> {
    const leg = session.calls?.get(call);
    if (leg === undefined) return 'call_not_found';
    if (leg.state === 'ringing') return 'call_not_active';
    if (leg.twin !== undefined) {
      const answer = leg.twin.relay(raw);
      return answer === 'ok' ? answer : this.#signaled(leg, answer);
    }
    const message: CallMessage = { kind: 'signal', call, from: session.id, to: leg.other.session, signal: raw };
    if (isAwaited || leg.other.node === this.#self) {
      return settle(this.#delivery.request(leg, message), (given) => this.#signaled(leg, given));
    }
    this.#settings.transport.post(leg.other.node, message, (given) => {
      session.sink.send(encodeError(this.#signaled(leg, given), 'signal', undefined, { callId: call }));
    });
    return 'ok';
  }

  /**
   * Handles a message of another node, in the order of arrival. The answer goes back to that node. If `isLate`, the
   * sender has stopped waiting and has reported that to its client: the message is dropped, unless it ends a call,
   * which is correct at any time.
   */
  receive(from: NodeId, message: CallMessage, isLate = false): Answer | Promise<Answer> {
    return this.#delivery.receive(from, message, isLate);
  }

  /** The session's socket has closed: its calls end for the other sides. */
  closed(session: Session): void {
    session.closed = true;
    for (const leg of legsOf(session)) {
      if (this.#table.drop(leg, 'peer_offline')) void this.#delivery.sendEnd(leg, 'peer_offline');
    }
  }

  /** That node is dead, and with it the other ends of calls. If it recovers, it is notified that they ended. */
  nodeDead(node: NodeId): void {
    this.#settings.hub.forEach((session) => {
      for (const leg of legsOf(session)) {
        if (leg.other.node !== node) continue;
        this.#ends.add(node, endOf(leg, 'peer_offline'));
        this.#table.end(leg, 'peer_offline');
      }
    });
    this.#ends.dead(node);
  }

  /**
   * That node, which was regarded as dead, is running: it was stopped, and is now notified which of its calls ended.
   */
  nodeRecovered(node: NodeId): void {
    this.#ends.recovered(node);
  }

  /** Ends calls that rang for too long, and resends the ends that were not answered. Call it about twice a second. */
  tick(nowMs: number): void {
    for (const leg of this.#table.due(nowMs)) this.#timeout(leg);
    this.#ends.tick();
  }

  #rung(leg: CallLeg, answer: Answer): Outcome {
    if (answer === 'ok') {
      this.#link(leg);
      leg.delivered();
    }
    // Also if the answer was lost, and a message of the callee shows that the ring was delivered.
    if (leg.isDelivered) return 'ok';
    if (answer === 'glare') {
      this.#table.end(leg, 'glare');
      return 'call_not_found';
    }
    if (this.#table.drop(leg, 'refused') && answer === 'undeliverable') void this.#delivery.sendEnd(leg, 'cancelled');
    return answer;
  }

  /** Links both legs of a call if the callee is at this node. */
  #link(leg: CallLeg): void {
    if (leg.other.node !== this.#self) return;
    const twin = this.#settings.hub.get(leg.other.session)?.calls?.get(leg.id);
    if (twin?.isWith(leg.session.id, this.#self) !== true) return;
    leg.twin = twin;
    twin.twin = leg;
  }

  #accepted(leg: CallLeg, answer: Answer): Outcome {
    if (answer === 'ok') {
      leg.state = 'active';
      leg.delivered();
    }
    // Also if the answer was lost, and a message of the caller shows that the accept was delivered.
    if (leg.isDelivered) return 'ok';
    if (answer === 'call_not_found') this.#table.drop(leg, 'refused');
    else if (answer === 'peer_offline') this.#table.end(leg, 'peer_offline');
    else if (leg.state === 'accepting' && leg.isOpen) this.#ringAgain(leg);
    return outcome(answer);
  }

  /**
   * It is unknown whether the caller has received the accept: the callee may accept again until the ringing times out.
   */
  #ringAgain(leg: CallLeg): void {
    leg.state = 'ringing';
    leg.onDelivered = undefined;
    if (leg.ringsUntilMs <= this.#settings.now()) this.#timeout(leg);
  }

  /** If the caller may not have received the message, make sure that it does not keep ringing. */
  #rejected(leg: CallLeg, answer: Answer): Outcome {
    if (isUncertain(answer) && leg.other.node !== this.#self) this.#ends.add(leg.other.node, endOf(leg, 'hangup'));
    return outcome(answer);
  }

  #signaled<A extends Answer>(leg: CallLeg, answer: A): OutcomeOf<A> {
    if (answer === 'peer_offline') this.#table.end(leg, 'peer_offline');
    return outcome(answer);
  }

  #timeout(leg: CallLeg): void {
    if (this.#table.end(leg, 'timeout')) void this.#delivery.sendEnd(leg, 'timeout');
  }

  #ringingAtCallee(session: Session, call: CallId): CallLeg | ErrorCode {
    const leg = session.calls?.get(call);
    if (leg === undefined) return 'call_not_found';
    return leg.role === 'callee' && leg.state === 'ringing' ? leg : 'call_not_active';
  }
}

const NO_LEGS: readonly CallLeg[] = [];

/** A copy, because ending one call may end others or close the session. */
function legsOf(session: Session): readonly CallLeg[] {
  return session.calls === undefined ? NO_LEGS : [...session.calls.values()];
}
