import { setTimeout as pause } from 'node:timers/promises';
import type { CallId } from '@white-rabbit/protocol';
import { callId, TestClient } from '@white-rabbit/testing';
import type { ConnectOptions, Registration } from '@white-rabbit/testing';
import { ACK, holds, matches } from './expectations.js';
import { Guest, waitOf } from './guest.js';
import { identityOf } from './identity-of.js';
import type { KeyFile } from './key-file.js';
import type { KeyRing } from './key-ring.js';

/** What is under test, and with which licenses. */
export interface Stand {
  /** The server, and a second one of the same cluster where there is one. */
  readonly urls: readonly [string, string?];
  readonly keys: KeyRing;
  /** A key that is never bound. */
  readonly spareKey: string;
  readonly keyFile: KeyFile;
}

/** Where and how a guest comes on. */
export interface Entrance {
  readonly at?: 0 | 1;
  readonly contacts?: readonly string[];
  readonly options?: ConnectOptions;
}

/** The clients of one rule; they leave, and their keys are given back, with it. */
export class Scene {
  readonly stand: Stand;
  readonly #keys: string[] = [];
  readonly #clients: TestClient[] = [];

  constructor(stand: Stand) {
    this.stand = stand;
  }

  /** Address of the first server or the second. */
  url(at: 0 | 1 = 0): string {
    return this.stand.urls[at] ?? this.stand.urls[0];
  }

  /** An open socket of nobody. */
  async open(options: ConnectOptions = {}): Promise<TestClient> {
    const client = new TestClient(this.url(), options);
    this.#clients.push(client);
    return client.opened();
  }

  /** Names and a license that are this rule's own while it runs. */
  async identity(contacts?: readonly string[]): Promise<Registration> {
    const key = await this.stand.keys.take();
    this.#keys.push(key);
    return { ...identityOf(key), ...(contacts && { contacts }) };
  }

  /** An open socket for that identity, not registered yet. */
  socketOf(identity: Registration, at: 0 | 1 = 0, options: ConnectOptions = {}): Promise<Guest> {
    const guest = new Guest(this.url(at), identity, options);
    this.#clients.push(guest);
    return guest.opened();
  }

  /** An open socket for somebody of its own, not registered yet. */
  async stranger({ at, contacts, options }: Entrance = {}): Promise<Guest> {
    return this.socketOf(await this.identity(contacts), at, options);
  }

  /** Somebody registered. */
  async guest({ at, contacts, options }: Entrance = {}): Promise<Guest> {
    return this.joined(await this.identity(contacts), at, options);
  }

  /** Registers that identity from a new socket; where the server asks to come back later, later. */
  async joined(identity: Registration, at: 0 | 1 = 0, options: ConnectOptions = {}): Promise<Guest> {
    const guest = await this.socketOf(identity, at, options);
    const answer = await guest.ask('register', guest.identity);
    const waitMs = waitOf(answer);
    if (waitMs !== undefined) {
      await pause(waitMs);
      return this.joined(identity, at, options);
    }
    matches(answer, { event: 'registered' });
    return guest;
  }

  /** Two who are registered: the first at the first server, the second at `far`. */
  pair(far: 0 | 1 = 0): Promise<[Guest, Guest]> {
    return Promise.all([this.guest(), this.guest({ at: far })]);
  }

  /** Lets `caller` ring at `callee`; resolves when it does. */
  async ring(caller: Guest, callee: Guest, id: CallId = callId()): Promise<CallId> {
    matches(await caller.ask('call', { peer_id: callee.peer_id, call_id: id }), ACK);
    const { data } = await callee.next('ring');
    holds(data.call_id === id && data.peer_id === caller.peer_id, 'ring names another call or another caller');
    return id;
  }

  /** An active call between the two. */
  async call(caller: Guest, callee: Guest, id: CallId = callId()): Promise<CallId> {
    await this.ring(caller, callee, id);
    matches(await callee.ask('accept', { call_id: id }), ACK);
    matches(await caller.next('accept'), { event: 'accept', data: { call_id: id, peer_id: callee.peer_id } });
    return id;
  }

  /** Ends it. */
  async end(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => leave(client)));
    for (const key of this.#keys.splice(0)) this.stand.keys.giveBack(key);
  }
}

/** A socket that never opened has nothing to close. */
async function leave(client: TestClient): Promise<void> {
  client.socket.resume();
  if (client.socket.readyState === client.socket.OPEN) await client.close();
  else client.socket.terminate();
}
