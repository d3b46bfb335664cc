import type { Status } from '@white-rabbit/protocol';
import type { Call } from './call.js';
import { Calls } from './calls.js';
import type { ConnectOptions } from './connect-options.js';
import { contactFault } from './contact-fault.js';
import { Emitter } from './emitter.js';
import type { Sent, ServerFrame } from './frame.js';
import { Line, type LineState } from './line.js';
import { DONE, failure, type Outcome } from './outcome.js';

/** What a client tells. */
export interface ClientEvents {
  /** The connection to the server changed. */
  readonly state: LineState;
  /** A contact came or went. */
  readonly presence: { readonly peerId: string; readonly status: Status };
  /** Somebody calls: `accept()` it or `reject()` it. */
  readonly ring: Call;
}

/** One peer's presence on the network: who else is there, calls out, calls in. Made by `connect`. */
export class Client extends Emitter<ClientEvents> {
  readonly #options: ConnectOptions;
  readonly #contacts: Set<string>;
  /** Until it is registered once: what comes back by itself must not move a license again. */
  #wantsTransfer: boolean;
  readonly #presence = new Map<string, Status>();
  readonly #calls: Calls;
  readonly #line: Line;

  /** @internal Made by `connect`. */
  constructor(options: ConnectOptions) {
    super(['ring']);
    this.#options = options;
    this.#contacts = new Set(options.contacts);
    const fault = contactFault(this.#contacts);
    if (fault) throw new TypeError(failure(fault).message);
    this.#wantsTransfer = options.transfer === true;
    this.#calls = new Calls({ ask: (event, data) => this.#line.ask(event, data) }, (call) => this.emit('ring', call));
    this.#line = new Line(options, () => this.#registration(), {
      onState: (state) => this.#onState(state),
      onFrame: (frame) => this.#onFrame(frame),
    });
  }

  /** Where the connection is at. */
  get state(): LineState {
    return this.#line.state;
  }

  /** What was last told of each contact. While not `online` it may be out of date; a contact never told of is missing. */
  get presence(): ReadonlyMap<string, Status> {
    return this.#presence;
  }

  /** Peers whose presence is told. They are registered again after every loss of the connection. */
  get contacts(): ReadonlySet<string> {
    return this.#contacts;
  }

  /**
   * Resolves as done once registered. It fails with the server's error where it was refused for good, with `no_answer`
   * when `withinMs` passed; the client goes on trying in that case. Never rejects.
   */
  async online(withinMs = 30_000): Promise<Outcome> {
    const settled = Promise.withResolvers<Outcome>();
    const look = (state: LineState) => {
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

  /** Calls a peer. Look at the call's `answered`. */
  call(peerId: string): Call {
    return this.#calls.start(peerId);
  }

  /** Watches more peers. They are kept when there is no connection at the moment; refused ones are not. */
  async addContacts(peerIds: readonly string[]): Promise<Outcome> {
    const added = peerIds.filter((peerId) => !this.#contacts.has(peerId));
    const fault = contactFault([...this.#contacts, ...added]);
    if (fault) return failure(fault);
    for (const peerId of added) this.#contacts.add(peerId);
    const outcome = await this.#line.ask('contacts', { add: added });
    const refused = !outcome.ok && outcome.code !== 'disconnected' && outcome.code !== 'no_answer';
    if (refused) this.#forget(added);
    return outcome;
  }

  /** Watches these peers no more. */
  removeContacts(peerIds: readonly string[]): Promise<Outcome> {
    this.#forget(peerIds);
    return this.#line.ask('contacts', { remove: peerIds });
  }

  /** Ends the connection for good, and all calls that are not established. */
  close(): void {
    this.#line.close();
  }

  #registration(): Sent<'register'> {
    const { licenseKey, deviceId, peerId } = this.#options;
    const names = { license_key: licenseKey, device_id: deviceId, peer_id: peerId };
    return { ...names, contacts: [...this.#contacts], ...(this.#wantsTransfer && { transfer: true }) };
  }

  #onState(state: LineState): void {
    if (state.name === 'online') this.#wantsTransfer = false;
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

function refusalOf({ why }: Extract<LineState, { name: 'ended' }>): Outcome {
  if (why.error === undefined) return { ok: false, code: 'disconnected', message: why.reason };
  return { ok: false, code: why.error, message: why.reason };
}
