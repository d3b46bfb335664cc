import { Injectable } from '@nestjs/common';
import { RESPONSE_MS } from '@white-rabbit/cluster';
import { LIMITS, type CallId, type ClientData, type RawFrame, type Ref, type ServerData } from '@white-rabbit/protocol';
import { Calls, type Outcome, type Session } from '@white-rabbit/signaling';
import { Telemetry } from '../telemetry/telemetry.js';
import { endWhenKnown } from '../telemetry/tracing/tracer.js';
import type { Connection } from '../transport/connection.js';
import { CalleeLookup } from './callee-lookup.js';
import { PeerQuotas } from './limits/peer-quota.js';
import { RateLimits } from './limits/rate-limits.js';
import { acknowledge, answer, answerWhenKnown, fail, failWhenKnown, type Handled } from './reply.js';

/** One signal in this many is timed; a power of two. Timing all signals would cost a clock reading each. */
const TIMED_EVERY = 64;
/** How long after its arrival a call may be sent to another node, so that its outcome is known in time. */
const LATEST_RING_MS = LIMITS.outcomeMs - RESPONSE_MS - 200;

/** The events of calls. Each is passed on in the order of arrival; its answer follows when the outcome is known. */
@Injectable()
export class CallHandler {
  #signals = 0;

  constructor(
    private readonly calls: Calls,
    private readonly callees: CalleeLookup,
    private readonly quotas: PeerQuotas,
    private readonly limits: RateLimits,
    private readonly telemetry: Telemetry,
  ) {}

  /** `signal` is the text of the object. An outcome without an answer creates no object. */
  signal(connection: Connection, session: Session, call_id: CallId, signal: string, ref: Ref | undefined): void {
    this.#signals += 1;
    const isTimed = this.#signals % TIMED_EVERY === 0;
    const outcome = this.calls.signal(session, call_id, signal, ref !== undefined || isTimed);
    if (isTimed) this.#time(connection.lastHeardMs, outcome);
    if (outcome === 'ok' && ref === undefined) return;
    answerWhenKnown(connection, { event: 'signal', ref, data: { call_id } }, outcome);
  }

  /** `atMs`: the arrival of the frame, monotonic. */
  call(connection: Connection, session: Session, data: ClientData<'call'>, frame: RawFrame, atMs: number): Handled {
    if (isLate(atMs) && this.callees.isElsewhere(data.peer_id)) {
      fail(connection, frame, 'unavailable');
      return undefined;
    }
    const checked = this.calls.check(session, data);
    if (checked !== 'ok') {
      answer(connection, frame, checked);
      return undefined;
    }
    return this.#ring(connection, session, data, frame, atMs);
  }

  accept(connection: Connection, session: Session, data: ClientData<'accept'>, frame: RawFrame): undefined {
    // The callee's own servers; the caller's servers come with its `accept`.
    const acknowledged = () => {
      acknowledge(connection, frame, () => this.#iceServers());
    };
    failWhenKnown(connection, frame, this.calls.accept(session, data.call_id, acknowledged));
  }

  reject(connection: Connection, session: Session, data: ClientData<'reject'>, frame: RawFrame): undefined {
    answerWhenKnown(connection, frame, this.calls.reject(session, data.call_id, data.reason));
  }

  established(connection: Connection, session: Session, data: ClientData<'established'>, frame: RawFrame): undefined {
    answerWhenKnown(connection, frame, this.calls.established(session, data.call_id));
  }

  hangup(connection: Connection, session: Session, data: ClientData<'hangup'>, frame: RawFrame): undefined {
    answerWhenKnown(connection, frame, this.calls.hangup(session, data.call_id));
  }

  /** Records the time since the signal was read, if it has been passed on. */
  #time(heardMs: number, outcome: Outcome | Promise<Outcome>): void {
    const note = (path: 'same_node' | 'across') => (known: Outcome) => {
      if (known === 'ok') this.telemetry.metrics.handovers.note(performance.now() - heardMs, path);
    };
    if (outcome instanceof Promise) void outcome.then(note('across'));
    else note('same_node')(outcome);
  }

  #iceServers(): ServerData<'ack'> | undefined {
    const servers = this.calls.iceServers();
    return servers && { ice_servers: [...servers] };
  }

  async #ring(
    connection: Connection,
    session: Session,
    data: ClientData<'call'>,
    frame: RawFrame,
    atMs: number,
  ): Promise<void> {
    const span = this.telemetry.tracer.start('call');
    const waitMs = await this.quotas.calls.take(session.peer);
    if (waitMs > 0) {
      span.end('rate_limited');
      this.limits.refuse(connection, frame, waitMs);
      return;
    }
    const found = await this.callees.find(data.peer_id);
    const callee = isLate(atMs) && typeof found !== 'string' && !this.callees.isLocal(found) ? 'unavailable' : found;
    if (!connection.isOpen) {
      span.end('gone');
    } else if (typeof callee === 'string') {
      span.end(callee);
      fail(connection, frame, callee);
    } else {
      const outcome = this.calls.ring(session, data, callee, () => {
        acknowledge(connection, frame);
      });
      failWhenKnown(connection, frame, outcome);
      endWhenKnown(span, outcome, this.callees.isLocal(callee) ? 'same_node' : 'across');
    }
  }
}

/** Whether another node could no longer answer in time. */
function isLate(atMs: number): boolean {
  return performance.now() - atMs > LATEST_RING_MS;
}
