import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId } from '@white-rabbit/protocol';
import { callId, TestClient, type ConnectOptions, type Registration } from '@white-rabbit/testing';
import { ConformanceClient, identityOf, keyOwnerOf, waitOf, type KeyOwner } from './conformance-client.js';
import { ACK, ensure, expectFrame } from './expectations.js';
import type { KeyFile, KeyRing } from './license-keys.js';

/** The server under test and the licenses for the test. */
export interface Target {
  /** The address of a server, and optionally of a second server of the same cluster. */
  readonly urls: readonly [string, string?];
  readonly keys: KeyRing;
  /** Keys that are bound to peers with keys. */
  readonly proofKeys: KeyRing;
  /** A key that is never bound. */
  readonly spareKey: string;
  readonly keyFile: KeyFile;
}

/** How a client of a rule connects. */
export interface ClientOptions {
  /** Number of the server. */
  readonly at?: 0 | 1;
  readonly contacts?: readonly string[];
  readonly options?: ConnectOptions;
}

/** The clients and the licenses of one run of one rule. `end` closes the clients and returns the licenses. */
export class RuleContext {
  readonly target: Target;
  /** What returns each lent key. */
  readonly #lent: (() => void)[] = [];
  readonly #clients: TestClient[] = [];

  constructor(target: Target) {
    this.target = target;
  }

  /** The address of the first or the second server. */
  url(at: 0 | 1 = 0): string {
    return this.target.urls[at] ?? this.target.urls[0];
  }

  /** An open socket without an identity. */
  async open(options: ConnectOptions = {}): Promise<TestClient> {
    const client = new TestClient(this.url(), options);
    this.#clients.push(client);
    return client.opened();
  }

  /** An identity with a license that no other rule uses at the same time. */
  async identity(contacts?: readonly string[]): Promise<Registration> {
    const key = await this.#borrow(this.target.keys);
    return { ...identityOf(key), ...(contacts && { contacts }) };
  }

  /** A device whose peer is a key, with a license that no other rule uses at the same time. */
  async keyOwner(): Promise<KeyOwner> {
    return keyOwnerOf(await this.#borrow(this.target.proofKeys));
  }

  /** An unregistered client with this identity. */
  connect(identity: Registration, at: 0 | 1 = 0, options: ConnectOptions = {}): Promise<ConformanceClient> {
    const client = new ConformanceClient(this.url(at), identity, options);
    this.#clients.push(client);
    return client.opened();
  }

  /** An unregistered client with a new identity. */
  async unregistered({ at, contacts, options }: ClientOptions = {}): Promise<ConformanceClient> {
    return this.connect(await this.identity(contacts), at, options);
  }

  /** A registered client with a new identity. */
  async client({ at, contacts, options }: ClientOptions = {}): Promise<ConformanceClient> {
    return this.registered(await this.identity(contacts), at, options);
  }

  /** A registered client with this identity. Repeats a rate-limited registration after `retry_after_ms`. */
  async registered(identity: Registration, at: 0 | 1 = 0, options: ConnectOptions = {}): Promise<ConformanceClient> {
    const client = await this.connect(identity, at, options);
    const response = await client.ask('register', client.identity);
    const waitMs = waitOf(response);
    if (waitMs !== undefined) {
      await sleep(waitMs);
      return this.registered(identity, at, options);
    }
    expectFrame(response, { event: 'registered' });
    return client;
  }

  /** Two registered clients: the first at the first server, the second at server `far`. */
  pair(far: 0 | 1 = 0): Promise<[ConformanceClient, ConformanceClient]> {
    return Promise.all([this.client(), this.client({ at: far })]);
  }

  /** Starts a call and resolves when it rings at the callee. */
  async ring(caller: ConformanceClient, callee: ConformanceClient, id: CallId = callId()): Promise<CallId> {
    expectFrame(await caller.ask('call', { peer_id: callee.peer_id, call_id: id }), ACK);
    const { data } = await callee.next('ring');
    ensure(data.call_id === id && data.peer_id === caller.peer_id, 'ring names another call or another caller');
    return id;
  }

  /** Sets up an active call. */
  async call(caller: ConformanceClient, callee: ConformanceClient, id: CallId = callId()): Promise<CallId> {
    await this.ring(caller, callee, id);
    expectFrame(await callee.ask('accept', { call_id: id }), ACK);
    expectFrame(await caller.next('accept'), { event: 'accept', data: { call_id: id, peer_id: callee.peer_id } });
    return id;
  }

  /** Closes the clients and returns the licenses. */
  async end(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => closeIfOpen(client)));
    for (const giveBack of this.#lent.splice(0)) giveBack();
  }

  async #borrow(ring: KeyRing): Promise<string> {
    const key = await ring.take();
    this.#lent.push(() => {
      ring.giveBack(key);
    });
    return key;
  }
}

/** A socket that never opened cannot be closed with a close frame. */
async function closeIfOpen(client: TestClient): Promise<void> {
  client.socket.resume();
  if (client.socket.readyState === client.socket.OPEN) await client.close();
  else client.socket.terminate();
}
