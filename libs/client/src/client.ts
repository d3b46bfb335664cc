/// <reference lib="esnext.disposable" preserve="true" />
import { deferred } from './deferred.js';
import type { Status } from './protocol-types.js';
import type { Call, CallPort } from './call.js';
import { Calls } from './calls.js';
import { keyOfPeerId, type ConnectOptions } from './connect-options.js';
import { Emitter, type ListenerOptions } from './emitter.js';
import type { Sent, ServerFrame } from './frame.js';
import { isName } from './identity.js';
import { DONE, failure, type Outcome } from './outcome.js';
import { ResumableCalls } from './resumable-calls.js';
import type { ConnectionState } from './connection-state.js';
import { ReconnectingConnection } from './reconnecting-connection.js';
import { WIRE } from './wire.js';

/** The events of a client. */
export interface ClientEvents {
  /** The new state of the connection to the server. */
  readonly state: ConnectionState;
  /** The presence of a contact changed. */
  readonly presence: { readonly peerId: string; readonly status: Status };
  /** An incoming call: `accept()` it or `reject()` it. */
  readonly ring: Call;
}

/** Contacts in one frame, which has 64 KiB: they are up to 128 bytes long. */
const MAX_PER_FRAME = 400;

/** A connection that is being restored waits this long for the connection to the server. Milliseconds. */
const REACH_WITHIN_MS = 5_000;

/**
 * Connects to a White Rabbit server, and reconnects until `close()` or until the server refuses (close codes 45xx).
 *
 * @throws TypeError with a sentence that an application can show, if the options are invalid. All other errors are
 * states of the client.
 */
export function connect(options: ConnectOptions): Client {
  return new Client(options);
}

/** One peer at the server: the presence of its contacts, outgoing and incoming calls. Created by `connect`. */
export class Client extends Emitter<ClientEvents> {
  readonly #options: ConnectOptions;
  readonly #contacts: Set<string>;
  /** The contacts of the last `register`. */
  #registered: readonly string[] = [];
  /** `false` after the first registration: an automatic reconnect must not transfer the license again. */
  #wantsTransfer: boolean;
  readonly #presence = new Map<string, Status>();
  readonly #calls: Calls;
  readonly #connection: ReconnectingConnection;

  /** @internal Created by `connect`. */
  constructor(options: ConnectOptions) {
    super(['ring']);
    this.#options = options;
    this.#contacts = new Set(options.contacts);
    const fault = contactFault(this.#contacts);
    if (fault) throw new TypeError(failure(fault).message);
    this.#wantsTransfer = options.transfer === true;
    const peerKey = keyOfPeerId(options);
    const connections = new ResumableCalls();
    const port: CallPort = {
      peerKey,
      request: (event, data) => this.#connection.request(event, data),
      resume: {
        call: (peerId, resumes) => this.#calls.start(peerId, resumes),
        add: (call, onCall) => connections.add(call, onCall),
        end: (call) => connections.end(call),
        reach: () => this.#reach(),
      },
    };
    this.#calls = new Calls(port, connections, (call) => this.emit('ring', call));
    this.#connection = new ReconnectingConnection(options, () => this.#registration(), {
      onState: (state) => this.#onState(state),
      onFrame: (frame) => this.#onFrame(frame),
    });
  }

  /** The state of the connection to the server. */
  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The last known presence of each contact. It can be outdated unless the state is `online`. Unknown contacts are absent. */
  get presence(): ReadonlyMap<string, Status> {
    return this.#presence;
  }

  /** The peers that this client watches. The client registers them again after every reconnect. */
  get contacts(): ReadonlySet<string> {
    return this.#contacts;
  }

  /**
   * Resolves as ok once the client is registered. Fails with the server's error code if the server refused the client
   * permanently, and with `no_answer` after `withinMs`; the client continues to reconnect in that case. Never rejects.
   */
  async online(withinMs = 30_000): Promise<Outcome> {
    const settled = deferred<Outcome>();
    const look = (state: ConnectionState) => {
      if (state.name === 'online') settled.resolve(DONE);
      if (state.name === 'ended') settled.resolve(refusalOf(state));
    };
    const stop = this.on('state', look);
    const timer = setTimeout(() => settled.resolve(failure('no_answer')), withinMs);
    look(this.state);
    const outcome = await settled.promise;
    clearTimeout(timer);
    stop();
    return outcome;
  }

  /** Calls a peer. `Call.answered` resolves with the answer of the peer. If `signal` is aborted, the call is hung up. */
  call(peerId: string, { signal }: ListenerOptions = {}): Call {
    const call = this.#calls.start(peerId);
    if (signal?.aborted) void call.hangup();
    const hangup = () => void call.hangup();
    signal?.addEventListener('abort', hangup, { once: true });
    void call.ended.then(() => signal?.removeEventListener('abort', hangup));
    return call;
  }

  /** Watches more peers. Without a connection they are kept and registered later. Peers that the server refuses are not kept. */
  addContacts(peerIds: readonly string[]): Promise<Outcome> {
    const added = peerIds.filter((peerId) => !this.#contacts.has(peerId));
    const fault = contactFault([...this.#contacts, ...added]);
    if (fault) return Promise.resolve(failure(fault));
    for (const peerId of added) this.#contacts.add(peerId);
    return this.#watch(added);
  }

  /** Stops watching these peers. */
  removeContacts(peerIds: readonly string[]): Promise<Outcome> {
    this.#forget(peerIds);
    return this.#connection.request('contacts', { remove: peerIds });
  }

  /** Closes the connection permanently and ends all calls that are not established. */
  close(): void {
    this.#connection.close();
  }

  /** Closes the client at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  async #reach(): Promise<boolean> {
    await this.#connection.probe();
    return (await this.online(REACH_WITHIN_MS)).ok;
  }

  #registration(): Sent<'register'> {
    const { licenseKey, deviceId, peerId } = this.#options;
    const names = { license_key: licenseKey, device_id: deviceId, peer_id: peerId };
    this.#registered = [...this.#contacts].slice(0, MAX_PER_FRAME);
    return { ...names, contacts: [...this.#registered], ...(this.#wantsTransfer && { transfer: true }) };
  }

  /** The contacts that changed since `register` was sent, and those that did not fit into it. */
  #registerOthers(): void {
    const remove = this.#registered.filter((peerId) => !this.#contacts.has(peerId));
    if (remove.length > 0) void this.#connection.request('contacts', { remove });
    const registered = new Set(this.#registered);
    const add = [...this.#contacts].filter((peerId) => !registered.has(peerId));
    if (add.length > 0) void this.#watch(add);
  }

  /** Adds contacts at the server, in as many frames as they need. */
  async #watch(added: readonly string[]): Promise<Outcome> {
    const outcomes: Promise<Outcome>[] = [];
    for (let at = 0; at === 0 || at < added.length; at += MAX_PER_FRAME) {
      outcomes.push(this.#watchInOneFrame(added.slice(at, at + MAX_PER_FRAME)));
    }
    return (await Promise.all(outcomes)).find(({ ok }) => !ok) ?? DONE;
  }

  async #watchInOneFrame(added: readonly string[]): Promise<Outcome> {
    const outcome = await this.#connection.request('contacts', { add: added });
    const refused = !outcome.ok && outcome.code !== 'disconnected' && outcome.code !== 'no_answer';
    if (refused) this.#forget(added);
    return outcome;
  }

  #onState(state: ConnectionState): void {
    if (state.name === 'online') {
      this.#wantsTransfer = false;
      this.#registerOthers();
    }
    if (state.name === 'waiting' || state.name === 'ended') this.#calls.lose();
    this.emit('state', state);
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.event === 'presence') this.#onPresence(frame.data);
    else this.#calls.onFrame(frame);
  }

  #onPresence({ peers }: ServerFrame<'presence'>['data']): void {
    for (const { peer_id: peerId, status } of peers) {
      if (!this.#contacts.has(peerId) || this.#presence.get(peerId) === status) continue;
      this.#presence.set(peerId, status);
      this.emit('presence', { peerId, status });
    }
  }

  #forget(peerIds: readonly string[]): void {
    for (const peerId of peerIds) {
      this.#contacts.delete(peerId);
      this.#presence.delete(peerId);
    }
  }
}

function refusalOf({ why }: Extract<ConnectionState, { name: 'ended' }>): Outcome {
  if (why.error === undefined) return { ok: false, code: 'disconnected', message: why.reason };
  return { ok: false, code: why.error, message: why.reason };
}

/**
 * Why the server would refuse these contacts; `undefined` if it would not. Checked before contacts are kept, because the
 * server permanently refuses a registration with an invalid contact.
 */
function contactFault(all: Iterable<string>): 'bad_data' | 'contacts_limit' | undefined {
  const names = [...new Set(all)];
  if (!names.every(isName)) return 'bad_data';
  return names.length > WIRE.contacts ? 'contacts_limit' : undefined;
}
