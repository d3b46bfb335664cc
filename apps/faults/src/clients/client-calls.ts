import type { ServerFrame } from '@white-rabbit/testing';
import type { CallFrame } from '../oracle/call-parties.js';
import type { Oracle } from '../oracle/oracle.js';
import type { Way } from '../oracle/signal-direction.js';

/** A call as this client knows it. */
export interface ClientCall {
  readonly id: string;
  readonly other: string;
  state: 'ringing' | 'active';
  /** Sends no signals: its end must come without one. */
  isQuiet: boolean;
}

/** A request about a call, until it is answered. */
export interface CallRequest {
  readonly event: string;
  readonly call: string;
  /** Number of the signal; 0 for other events. */
  readonly n: number;
}

/** The session that the calls belong to. */
export interface CallSession {
  readonly peer: string;
  /** Whether what is sent now can arrive. */
  isOpen(): boolean;
  /** Sends a request with a `ref`. */
  ask(request: CallRequest, data: object): void;
  /** The same without `ref`. */
  send(event: string, data: object): void;
}

/** The calls of one session of a simulated client. It reports to the oracle what it decides and learns about them. */
export class ClientCalls {
  readonly open = new Map<string, ClientCall>();
  /** Decides about a ring. Default: nothing, so that it ends by itself. */
  onRing: ((call: ClientCall) => void) | undefined;

  constructor(
    private readonly session: CallSession,
    private readonly oracle: Oracle,
  ) {}

  call(other: string, id: string, isQuiet: boolean): void {
    this.open.set(id, { id, other, state: 'ringing', isQuiet });
    this.oracle.parties.called(id, { caller: this.session.peer, callee: other });
    this.oracle.leg(id, this.session.peer, 'ringing');
    this.#ask('call', id, { peer_id: other });
  }

  accept(call: ClientCall): void {
    if (!this.open.has(call.id)) return;
    this.#activate(call);
    this.#ask('accept', call.id);
  }

  reject(call: ClientCall): void {
    if (!this.#forget(call.id)) return;
    this.#ask('reject', call.id, { reason: 'busy' });
  }

  hangUp(call: ClientCall): void {
    if (!this.#forget(call.id)) return;
    this.#ask('hangup', call.id);
  }

  /** The peers are connected: the server forgets this side of the call. */
  establish(call: ClientCall): void {
    if (!this.open.delete(call.id)) return;
    this.oracle.leg(call.id, this.session.peer, 'established');
    this.#ask('established', call.id);
  }

  /** Sends the next signal of a call. Without `ref` the server answers only if it could not deliver it. */
  signal(call: ClientCall, hasRef: boolean): void {
    if (!this.session.isOpen()) return;
    const n = this.oracle.sendsSignal(this.#wayIn(call.id), hasRef);
    const data = { call_id: call.id, signal: { n } };
    if (hasRef) this.session.ask({ event: 'signal', call: call.id, n }, data);
    else this.session.send('signal', data);
  }

  /** A frame without `ref` that may be about a call. */
  received(frame: ServerFrame): void {
    switch (frame.event) {
      case 'ring':
        this.#rang(frame.data.call_id, frame.data.peer_id);
        return;
      case 'accept': {
        this.#frameOf('accept', frame.data);
        const call = this.open.get(frame.data.call_id);
        if (call) this.#activate(call);
        return;
      }
      case 'signal':
        this.#signalArrived(frame);
        return;
      case 'reject':
      case 'hangup':
        this.#frameOf(frame.event, frame.data);
        this.#forget(frame.data.call_id);
        return;
      case 'error':
        this.#failed(frame);
        return;
      case 'ack':
      case 'challenge':
      case 'heartbeat':
      case 'presence':
      case 'registered':
    }
  }

  /** The answer to a request of this session. */
  answered({ event, call: id, n }: CallRequest, frame: ServerFrame<'ack' | 'error'>): void {
    const call = this.open.get(id);
    const outcome = frame.event === 'ack' ? 'ack' : frame.data.code;
    if (event === 'signal') {
      this.oracle.signalAnswered(this.#wayIn(id), n, outcome);
      if (outcome === 'call_not_found') this.#forget(id);
    } else if (outcome !== 'ack' && call !== undefined) {
      // An accept whose outcome is unknown is hung up, so that no side waits for the other.
      if (event === 'accept' && outcome !== 'call_not_found') this.hangUp(call);
      else this.#forget(id);
    }
  }

  /** The session has ended. */
  clear(): void {
    this.open.clear();
  }

  #ask(event: string, call: string, data: object = {}): void {
    this.session.ask({ event, call, n: 0 }, { call_id: call, ...data });
  }

  /** To the other party, also after the call has ended. */
  #wayIn(id: string): Way {
    const { peer } = this.session;
    return { call: id, from: peer, to: this.oracle.parties.otherThan(id, peer) ?? '' };
  }

  #frameOf(event: CallFrame, { call_id, peer_id }: { readonly call_id: string; readonly peer_id: string }): void {
    this.oracle.frameOf(event, { call: call_id, from: peer_id, to: this.session.peer });
  }

  #rang(id: string, other: string): void {
    const call: ClientCall = { id, other, state: 'ringing', isQuiet: false };
    this.open.set(id, call);
    this.#frameOf('ring', { call_id: id, peer_id: other });
    this.oracle.leg(id, this.session.peer, 'ringing');
    this.onRing?.(call);
  }

  #signalArrived({ data }: ServerFrame<'signal'>): void {
    this.oracle.signalArrived(
      { call: data.call_id, from: data.peer_id, to: this.session.peer },
      Number(data.signal['n']),
    );
  }

  /** An error without `ref`: only signals are sent so. */
  #failed({ data }: ServerFrame<'error'>): void {
    if (data.event !== 'signal' || data.call_id === undefined) return;
    this.oracle.signalFailed(this.#wayIn(data.call_id), data.code);
    if (data.code === 'call_not_found') this.#forget(data.call_id);
  }

  #activate(call: ClientCall): void {
    call.state = 'active';
    this.oracle.leg(call.id, this.session.peer, 'active');
  }

  #forget(id: string): boolean {
    const isKnown = this.open.delete(id);
    if (isKnown) this.oracle.leg(id, this.session.peer, 'gone');
    return isKnown;
  }
}
