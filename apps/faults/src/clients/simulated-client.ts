import type { ServerFrame, Registration } from '@white-rabbit/testing';
import type { Way } from '../oracle/signal-judge.js';
import { ClientConnection } from './client-connection.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** A call as this client knows it. */
export interface ClientCall {
  readonly id: string;
  readonly other: string;
  state: 'ringing' | 'active';
  /** Sends no signals: its end must come without one. */
  isQuiet: boolean;
  readonly isCaller: boolean;
}

interface Asked {
  readonly event: string;
  readonly call: string;
  /** Number of the signal. */
  readonly n: number;
}

/** Time from the loss of a connection to the next attempt, if the server asks for nothing else. Milliseconds. */
const RETRY_MS = [200, 2_000] as const;

/** A client with one identity: connects, registers, reconnects, has calls, and reports everything to the oracle. */
export class SimulatedClient {
  readonly calls = new Map<string, ClientCall>();
  /** Decides about a ring. Default: nothing, so that it ends by itself. */
  onRing: ((call: ClientCall) => void) | undefined;
  onPresence: ((peer: string, status: 'ONLINE' | 'OFFLINE') => void) | undefined;
  /** Whether the client connects again if it loses its connection. */
  reconnects = true;
  /** Number of its gateway, or of the one that it prefers. */
  gateway: number;
  #connection: ClientConnection | undefined;
  #isRegistered = false;
  #requests = new Map<string, Asked>();
  #nextRef = 0;
  #retry: NodeJS.Timeout | undefined;
  readonly #random: Random;

  constructor(
    readonly identity: Registration,
    private readonly world: World,
    options: { readonly gateway: number; readonly random: Random },
  ) {
    this.gateway = options.gateway;
    this.#random = options.random;
  }

  get peer(): string {
    return this.identity.peer_id;
  }

  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  /** Requests of this connection that are not answered. */
  get openRequests(): number {
    return this.#requests.size;
  }

  /** Connects and registers. */
  connect(): void {
    clearTimeout(this.#retry);
    const endpoint = this.world.endpoint(this.gateway, this.#random);
    if (endpoint === undefined) {
      this.#retryLater(0);
      return;
    }
    this.gateway = endpoint.gateway;
    const connection = new ClientConnection(endpoint.url, {
      opened: () => this.#register(connection),
      received: (frame) => {
        if (connection === this.#connection) this.#received(frame);
      },
      malformed: (text) => this.world.oracle.violations.add('malformed', text),
      ended: (code, retryAfterMs) => this.#ended(connection, code, retryAfterMs),
    });
    this.#connection = connection;
  }

  /** Disconnects for good, with or without a Close frame. */
  leave(how: 'close' | 'terminate' = 'close'): void {
    this.reconnects = false;
    clearTimeout(this.#retry);
    this.#drop(how);
  }

  /** Loses its connection, with a Close frame or without, and comes back a moment later. */
  lose(hasCloseFrame: boolean): void {
    this.#drop(hasCloseFrame ? 'close' : 'terminate');
    this.#retryLater(0);
  }

  #drop(how: 'close' | 'terminate'): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    // From now on the client takes no part: whatever is on its way to it cannot be proved.
    this.#forgetSession();
    if (how === 'close') connection.close();
    else connection.terminate();
  }

  /** Registers at another gateway at once; the old connection is left without a Close frame. */
  move(): void {
    this.#drop('terminate');
    this.connect();
  }

  call(other: string, id: string, isQuiet: boolean): void {
    this.calls.set(id, { id, other, state: 'ringing', isQuiet, isCaller: true });
    this.world.oracle.leg(id, this.peer, 'ringing');
    this.#ask('call', { peer_id: other, call_id: id }, id);
  }

  accept(call: ClientCall): void {
    if (!this.calls.has(call.id)) return;
    this.#activate(call);
    this.#ask('accept', { call_id: call.id }, call.id);
  }

  reject(call: ClientCall): void {
    if (!this.calls.has(call.id)) return;
    this.#forgetCall(call.id);
    this.#ask('reject', { call_id: call.id, reason: 'busy' }, call.id);
  }

  hangUp(call: ClientCall): void {
    if (!this.calls.has(call.id)) return;
    this.#forgetCall(call.id);
    this.#ask('hangup', { call_id: call.id }, call.id);
  }

  /** The peers are connected: the server forgets this side of the call. */
  establish(call: ClientCall): void {
    if (!this.calls.delete(call.id)) return;
    this.world.oracle.leg(call.id, this.peer, 'established');
    this.#ask('established', { call_id: call.id }, call.id);
  }

  /** Sends the next signal of a call. Without `ref` the server answers only if it could not deliver it. */
  signal(call: ClientCall, hasRef: boolean): void {
    if (this.#connection?.isOpen !== true || !this.#isRegistered) return;
    const n = this.world.oracle.sendsSignal(this.#way(call), hasRef);
    const data = { call_id: call.id, signal: { n } };
    if (hasRef) this.#ask('signal', data, call.id, n);
    else this.#connection.send('signal', data);
  }

  #way({ id, other }: { readonly id: string; readonly other: string }): Way {
    return { call: id, from: this.peer, to: other };
  }

  #register(connection: ClientConnection): void {
    if (connection !== this.#connection) return;
    const { license_key, device_id, peer_id, contacts } = this.identity;
    this.#ask('register', { license_key, device_id, peer_id, ...(contacts && { contacts }) }, '');
  }

  #ask(event: string, data: object, call: string, n = 0): void {
    if (this.#connection?.isOpen !== true) return;
    const ref = `${this.peer}-${this.#nextRef++}`;
    this.#requests.set(ref, { event, call, n });
    this.world.oracle.asked(ref, this.peer, event, this.gateway);
    this.#connection.send(event, data, ref);
  }

  #received(frame: ServerFrame): void {
    if (frame.ref !== undefined && this.#answered(frame.ref, frame)) return;
    switch (frame.event) {
      case 'presence':
        this.#presence(frame.data.peers);
        return;
      case 'ring':
        this.#ring(frame.data.call_id, frame.data.peer_id);
        return;
      case 'accept': {
        const call = this.calls.get(frame.data.call_id);
        if (call) this.#activate(call);
        return;
      }
      case 'signal':
        this.#signal(frame);
        return;
      case 'reject':
      case 'hangup':
        this.world.oracle.frameOf(frame.data.call_id, frame.event);
        this.#forgetCall(frame.data.call_id);
        return;
      case 'error':
        this.#unaskedError(frame);
        return;
      case 'challenge':
      case 'heartbeat':
      case 'registered':
      case 'ack':
    }
  }

  #presence(peers: readonly { readonly peer_id: string; readonly status: 'ONLINE' | 'OFFLINE' }[]): void {
    for (const { peer_id, status } of peers) {
      this.world.oracle.saw(this.peer, peer_id, status);
      this.onPresence?.(peer_id, status);
    }
  }

  #ring(id: string, other: string): void {
    const call: ClientCall = { id, other, state: 'ringing', isQuiet: false, isCaller: false };
    this.calls.set(id, call);
    this.world.oracle.rang(id, this.peer);
    this.onRing?.(call);
  }

  #signal({ data }: ServerFrame<'signal'>): void {
    const way = { call: data.call_id, from: data.peer_id, to: this.peer };
    this.world.oracle.frameOf(data.call_id, 'signal');
    this.world.oracle.signalArrived(way, Number(data.signal['n']));
  }

  #unaskedError({ data }: ServerFrame<'error'>): void {
    if (data.event !== 'signal' || data.call_id === undefined) return;
    this.world.oracle.signalFailed(this.#way({ id: data.call_id, other: '' }));
    if (data.code === 'call_not_found') this.#forgetCall(data.call_id);
  }

  /** Returns whether the frame needs nothing else. */
  #answered(ref: string, frame: ServerFrame): boolean {
    const asked = this.#requests.get(ref);
    this.#requests.delete(ref);
    this.world.oracle.answered(ref, frame.text);
    if (asked === undefined) return true;
    if (frame.event === 'registered') {
      this.#isRegistered = true;
      this.world.oracle.registered(this.peer, this.gateway);
    } else if (frame.event === 'ack' || frame.event === 'error') {
      this.#callAnswered(asked, frame);
    }
    return frame.event !== 'presence';
  }

  #callAnswered({ event, call: id, n }: Asked, frame: ServerFrame<'ack' | 'error'>): void {
    const call = this.calls.get(id);
    const outcome = frame.event === 'ack' ? 'ack' : frame.data.code;
    if (event === 'signal') {
      this.world.oracle.signalAnswered(this.#way({ id, other: call?.other ?? '' }), n, outcome);
      if (outcome === 'call_not_found') this.#forgetCall(id);
    } else if (outcome !== 'ack' && call !== undefined) {
      // An accept whose outcome is unknown is hung up, so that no side waits for the other.
      if (event === 'accept' && outcome !== 'call_not_found') this.hangUp(call);
      else this.#forgetCall(id);
    }
  }

  #activate(call: ClientCall): void {
    call.state = 'active';
    this.world.oracle.leg(call.id, this.peer, 'active');
  }

  #forgetCall(id: string): void {
    if (this.calls.delete(id)) this.world.oracle.leg(id, this.peer, 'gone');
  }

  #ended(connection: ClientConnection, code: number, retryAfterMs: number): void {
    this.world.closed(code);
    // The client has moved, or it is connecting again already.
    if (this.#connection !== undefined && connection !== this.#connection) return;
    if (this.#connection !== undefined) this.#forgetSession();
    if (this.reconnects) this.#retryLater(retryAfterMs);
  }

  #forgetSession(): void {
    this.#connection = undefined;
    this.#isRegistered = false;
    this.#requests.clear();
    this.calls.clear();
    this.world.oracle.gone(this.peer);
  }

  #retryLater(atLeastMs: number): void {
    clearTimeout(this.#retry);
    const ms = atLeastMs + this.#random.between(...RETRY_MS);
    this.#retry = setTimeout(() => this.connect(), ms);
  }
}
