import type { CallId, ErrorCode, IceServer, PeerId, RejectReason, SessionId } from '@white-rabbit/protocol';
import { hangupFrame } from '../frames.js';
import type { NodeId } from '../state/route.js';
import { CallLeg, type Session } from '../state/session.js';
import { CallDelivery, type CallDeliveryOptions } from './call-delivery.js';
import { CallTable, type CallHooks, type CallLimits } from './call-table.js';
import { glare } from './glare.js';
import type { CallMessage } from './node-message.js';
import { isUncertain, settle, type Answer, type Outcome } from './outcome.js';
import { endOf, PendingEnds } from './pending-ends.js';

/** The callee and the id of a new `call`. */
export interface CallRequest {
  readonly peer_id: PeerId;
  readonly call_id: CallId;
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

  /** Makes the call; `route` is the route of its callee. The call is checked again, because the look-up took time. */
  ring(
    session: Session,
    request: CallRequest,
    route: { readonly node: NodeId; readonly session: SessionId },
  ): Outcome | Promise<Outcome> {
    const checked = this.check(session, request);
    if (checked !== 'ok') return checked;
    const { call_id, peer_id } = request;
    const { lost, beaten } = glare(session, 'callee', call_id, route.session, route.node);
    if (lost) {
      session.sink.send(hangupFrame(call_id, peer_id, 'glare'));
      return 'call_not_found';
    }
    const half = new CallLeg(call_id, 'caller', session, { peer: peer_id, session: route.session, node: route.node });
    this.#table.open(half, this.#settings.now());
    const answer = this.#delivery.request(half, {
      kind: 'ring',
      call: call_id,
      from: session.id,
      to: route.session,
      peer: session.peer,
    });
    for (const other of beaten) {
      this.#table.end(other, 'glare');
      // Sent after the ring. If the ring arrives, the glare decision there ends these calls as well.
      void this.#delivery.sendEnd(other, 'glare');
    }
    return settle(answer, (given) => this.#rung(half, given));
  }

  /** Accepts a ringing call. The callee's call leg becomes active at once, so its signals may follow immediately. */
  accept(session: Session, call: CallId): Outcome | Promise<Outcome> {
    const half = this.#ringingAtCallee(session, call);
    if (typeof half === 'string') return half;
    half.state = 'accepting';
    const answer = this.#delivery.request(half, { kind: 'accept', call, from: session.id, to: half.other.session });
    return settle(answer, (given) => this.#accepted(half, given));
  }

  /** Rejects a ringing call. It ends on this side, whatever the outcome. */
  reject(session: Session, call: CallId, reason: RejectReason): Outcome | Promise<Outcome> {
    const half = this.#ringingAtCallee(session, call);
    if (typeof half === 'string') return half;
    this.#table.drop(half, 'rejected');
    const answer = this.#delivery.request(half, {
      kind: 'reject',
      call,
      from: session.id,
      to: half.other.session,
      reason,
    });
    return settle(answer, (given) => this.#rejected(half, given));
  }

  /** Ends a call, ringing or active. It ends on this side, whatever the outcome. */
  hangup(session: Session, call: CallId): Outcome | Promise<Outcome> {
    const half = this.#table.find(session, call);
    if (half === undefined) return 'call_not_found';
    const reason = half.role === 'caller' && half.state === 'ringing' ? 'cancelled' : 'hangup';
    this.#table.drop(half, reason);
    return settle(this.#delivery.sendEnd(half, reason), outcome);
  }

  /** The peers are connected: this side's call leg is removed, and no notification is sent. */
  established(session: Session, call: CallId): Outcome {
    const half = this.#table.find(session, call);
    if (half === undefined) return 'call_not_found';
    if (half.state === 'ringing') return 'call_not_active';
    this.#table.drop(half, 'established');
    return 'ok';
  }

  /** Relays a signal of an active call; `raw` is the text of the object as it was received. */
  signal(session: Session, call: CallId, raw: string): Outcome | Promise<Outcome> {
    const half = this.#table.find(session, call);
    if (half === undefined) return 'call_not_found';
    if (half.state === 'ringing') return 'call_not_active';
    const message = { kind: 'signal', call, from: session.id, to: half.other.session, signal: raw } as const;
    const answer = this.#delivery.request(half, message);
    return answer === 'ok' ? answer : settle(answer, (given) => this.#signalled(half, given));
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
    for (const half of halvesOf(session)) {
      if (this.#table.drop(half, 'peer_offline')) void this.#delivery.sendEnd(half, 'peer_offline');
    }
  }

  /** That node is dead, and with it the other ends of calls. If it recovers, it is notified that they ended. */
  nodeLost(node: NodeId): void {
    this.#settings.hub.forEach((session) => {
      for (const half of halvesOf(session)) {
        if (half.other.node !== node) continue;
        this.#ends.add(node, endOf(half, 'peer_offline'));
        this.#table.end(half, 'peer_offline');
      }
    });
    this.#ends.lost(node);
  }

  /**
   * That node, which was regarded as dead, is running: it was stopped, and is now notified which of its calls ended.
   */
  nodeBack(node: NodeId): void {
    this.#ends.back(node);
  }

  /** Ends calls that rang for too long, and resends the ends that were not answered. Call it about twice a second. */
  tick(nowMs: number): void {
    for (const half of this.#table.due(nowMs)) this.#timeout(half);
    this.#ends.tick();
  }

  #rung(half: CallLeg, answer: Answer): Outcome {
    if (answer === 'ok') return 'ok';
    if (answer === 'glare') {
      this.#table.end(half, 'glare');
      return 'call_not_found';
    }
    // The answer was lost, but the callee has accepted, so the ring was delivered.
    if (isUncertain(answer) && half.state === 'active') return 'ok';
    if (this.#table.drop(half, 'refused') && answer === 'undeliverable') void this.#delivery.sendEnd(half, 'cancelled');
    return answer;
  }

  #accepted(half: CallLeg, answer: Answer): Outcome {
    // `active` without an answer: a signal of the caller arrived, so the caller has received the accept.
    if (answer === 'ok' || (half.state === 'active' && isUncertain(answer))) return this.#answered(half);
    if (answer === 'call_not_found') this.#table.drop(half, 'refused');
    else if (answer === 'peer_offline') this.#table.end(half, 'peer_offline');
    else if (half.state === 'accepting' && this.#table.has(half)) this.#ringAgain(half);
    return outcome(answer);
  }

  #answered(half: CallLeg): Outcome {
    if (this.#table.has(half)) this.#table.answered(half);
    return 'ok';
  }

  /**
   * It is unknown whether the caller has received the accept: the callee may accept again until the ringing times out.
   */
  #ringAgain(half: CallLeg): void {
    half.state = 'ringing';
    if (half.ringsUntilMs <= this.#settings.now()) this.#timeout(half);
  }

  /** If the caller may not have received the message, make sure that it does not keep ringing. */
  #rejected(half: CallLeg, answer: Answer): Outcome {
    if (isUncertain(answer) && half.other.node !== this.#self) this.#ends.add(half.other.node, endOf(half, 'hangup'));
    return outcome(answer);
  }

  #signalled(half: CallLeg, answer: Answer): Outcome {
    if (answer === 'peer_offline') this.#table.end(half, 'peer_offline');
    return outcome(answer);
  }

  #timeout(half: CallLeg): void {
    if (this.#table.end(half, 'timeout')) void this.#delivery.sendEnd(half, 'timeout');
  }

  #ringingAtCallee(session: Session, call: CallId): CallLeg | ErrorCode {
    const half = this.#table.find(session, call);
    if (half === undefined) return 'call_not_found';
    return half.role === 'callee' && half.state === 'ringing' ? half : 'call_not_active';
  }
}

const NO_HALVES: readonly CallLeg[] = [];

/** A copy, because ending one call may end others or close the session. */
function halvesOf(session: Session): readonly CallLeg[] {
  return session.calls === undefined ? NO_HALVES : [...session.calls.values()];
}

/** `glare` is an answer to rings only; as an answer to any other message it means that the call is gone. */
function outcome(answer: Answer): Outcome {
  return answer === 'glare' ? 'call_not_found' : answer;
}
