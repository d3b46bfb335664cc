import type { Registration, ServerFrame } from '@white-rabbit/testing';
import { ClientCalls, type CallRequest } from './client-calls.js';
import { ClientConnection } from './client-connection.js';
import type { Random } from './random.js';
import type { World } from './world.js';

/** Time from the loss of a connection to the next attempt, if the server asks for nothing else. Milliseconds. */
export const LONGEST_RETRY_MS = 2_000;
/** It is between these two. */
const RETRY_MS = [200, LONGEST_RETRY_MS] as const;

/** A client with one identity: connects, registers, reconnects, has calls, and reports everything to the oracle. */
export class SimulatedClient {
  readonly calls: ClientCalls;
  onPresence: ((peer: string, status: 'ONLINE' | 'OFFLINE') => void) | undefined;
  /** Whether the client connects again if it loses its connection. */
  reconnects = true;
  /** Number of its gateway, or of the one that it prefers. */
  gateway: number;
  #connection: ClientConnection | undefined;
  #isRegistered = false;
  readonly #requests = new Map<string, CallRequest>();
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
    const session = {
      peer: this.peer,
      isOpen: () => this.#isRegistered && this.#connection?.isOpen === true,
      ask: (request: CallRequest, data: object) => this.#ask(request, data),
      send: (event: string, data: object) => this.#connection?.send(event, data),
    };
    this.calls = new ClientCalls(session, world.oracle);
  }

  get peer(): string {
    return this.identity.peer_id;
  }

  /** Whether it has a session on an open connection. */
  get isRegistered(): boolean {
    return this.#isRegistered;
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

  /** Registers at another gateway at once; the old connection is left without a Close frame. */
  move(): void {
    this.#drop('terminate');
    this.connect();
  }

  #drop(how: 'close' | 'terminate'): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    // From now on the client takes no part: whatever is on its way to it cannot be proved.
    this.#forgetSession();
    if (how === 'close') connection.close();
    else connection.terminate();
  }

  #register(connection: ClientConnection): void {
    if (connection !== this.#connection) return;
    const { license_key, device_id, peer_id, contacts } = this.identity;
    const data = { license_key, device_id, peer_id, ...(contacts && { contacts }) };
    this.#ask({ event: 'register', call: '', n: 0 }, data);
  }

  #ask(request: CallRequest, data: object): void {
    if (this.#connection?.isOpen !== true) return;
    const ref = `${this.peer}-${this.#nextRef++}`;
    this.#requests.set(ref, request);
    this.world.oracle.asked(ref, this.peer, request.event, this.gateway);
    this.#connection.send(request.event, data, ref);
  }

  #received(frame: ServerFrame): void {
    if (frame.ref !== undefined) this.#answered(frame.ref, frame);
    else if (frame.event === 'presence') this.#saw(frame);
    else this.calls.received(frame);
  }

  #saw({ data }: ServerFrame<'presence'>): void {
    for (const { peer_id, status } of data.peers) {
      this.world.oracle.saw(this.peer, peer_id, status);
      this.onPresence?.(peer_id, status);
    }
  }

  #answered(ref: string, frame: ServerFrame): void {
    const request = this.#requests.get(ref);
    this.#requests.delete(ref);
    this.world.oracle.answered(ref, frame.text);
    if (frame.event === 'registered') {
      this.#isRegistered = true;
      this.world.oracle.registered(this.peer, this.gateway, this.identity.contacts ?? []);
    } else if (request?.event === 'register') {
      this.world.oracle.registerFailed(this.peer);
    } else if (request !== undefined && (frame.event === 'ack' || frame.event === 'error')) {
      this.calls.answered(request, frame);
    }
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
