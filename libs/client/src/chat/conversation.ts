import { deferred } from '../deferred.js';
import { FileTransfers, type FileSource, type IncomingFile, type OutgoingFile } from '../files/index.js';
import { PeerCall } from '../peer-call.js';
import type { PeerCallOptions } from '../peer-call-options.js';
import type { PeerCallEnd } from '../peer-call-state.js';
import type { Call, CallEnd } from '../call.js';
import type { Delivery, SendResult } from '../outbox.js';

/** The phase of a conversation as an application shows it. */
export type CallPhase =
  /** The call is on its way to the callee. */
  | 'calling'
  | 'ringing there'
  /** The call waits for this user's answer. */
  | 'ringing here'
  /** Accepted; the two peers search for a network path. */
  | 'connecting'
  /** Texts go directly to the other peer. */
  | 'talking'
  /** The network path is interrupted and can recover. */
  | 'interrupted';

/** Why a conversation ended. */
export type ConversationEnd = PeerCallEnd | CallEnd;

/** Callbacks of a conversation. */
export interface ConversationHandlers {
  readonly onPhase: (phase: CallPhase, before: CallPhase) => void;
  readonly onText: (text: string) => void;
  /** The other peer has received the first `count` texts of this side. */
  readonly onDelivered?: (count: number) => void;
  /** The other peer offers a file: `accept` or `decline` it. Without this callback, all files are declined. */
  readonly onFile?: (file: IncomingFile) => void;
  /** Called once, as the last callback. `wasRinging`: the call rang here and this user did not accept it. */
  readonly onEnded: (why: ConversationEnd, wasRinging: boolean) => void;
}

/** One call with one peer, from its ring to its last text. */
export class Conversation {
  readonly call: Call;
  /** Resolves with `true` once texts can be sent, with `false` if the conversation ended before. Never rejects. */
  readonly settled: Promise<boolean>;
  /** Resolves when the conversation has ended, after `onEnded`. Never rejects. */
  readonly over: Promise<void>;
  readonly #createConnection: PeerCallOptions['createConnection'];
  readonly #handlers: ConversationHandlers;
  readonly #over = deferred<undefined>();
  #phase: CallPhase;
  #peer: PeerCall | undefined;
  #files: FileTransfers | undefined;
  #isOver = false;

  constructor(call: Call, createConnection: PeerCallOptions['createConnection'], handlers: ConversationHandlers) {
    this.call = call;
    this.#createConnection = createConnection;
    this.#handlers = handlers;
    this.over = this.#over.promise;
    // After a glare an outgoing call can become an incoming one, which is accepted without ringing here.
    this.#phase = call.role === 'callee' ? 'ringing here' : 'calling';
    call.on('state', (state) => {
      if (state === 'ringing') this.#enter('ringing there');
    });
    this.settled = this.#run();
  }

  get phase(): CallPhase {
    return this.#phase;
  }

  /** Whether the call rings here and waits for an answer. */
  get isRingingHere(): boolean {
    return this.#phase === 'ringing here' && this.call.state === 'ringing';
  }

  /** Accepts the call if it rings here. The phase changes at once, so that a key that repeats accepts only once. */
  async accept(): Promise<void> {
    if (!this.isRingingHere) return;
    this.#enter('connecting');
    await this.call.accept();
  }

  /** Rejects the call if it rings here. Resolves with `false` if the server refused the request. Never rejects. */
  async reject(): Promise<boolean> {
    return this.isRingingHere && (await this.call.reject()).ok;
  }

  /** Sends a text at once, and resolves when the channel can take another. Never rejects. */
  send(text: string): Promise<SendResult> {
    return this.#peer?.send(text) ?? Promise.resolve({ ok: false, reason: 'not_open' });
  }

  /** Whether `send` is possible. While the conversation is interrupted, texts wait. */
  get canSend(): boolean {
    return this.#peer?.state === 'open' || this.#peer?.state === 'interrupted';
  }

  /** How many texts this side has sent, and how many the other peer has confirmed. */
  get delivery(): Delivery {
    return this.#peer?.delivery ?? { sent: 0, confirmed: 0 };
  }

  /** Offers a file to the other peer. `undefined` if `canSend` is `false`, or if 4 files are being sent. */
  sendFile(source: FileSource): OutgoingFile | undefined {
    return this.#files?.send(source);
  }

  /** Ends the conversation in any phase; a call that rings here is rejected. Resolves with the final `delivery`. Never rejects. */
  async hangup(): Promise<Delivery> {
    if (this.#peer) return this.#peer.close();
    await (this.isRingingHere ? this.call.reject() : this.call.hangup());
    return this.delivery;
  }

  async #run(): Promise<boolean> {
    const answer = await this.call.answered;
    if (answer !== 'accepted') return this.#end(answer);
    this.#enter('connecting');
    const peer = this.#connect();
    if (!peer) return this.#end('failed');
    this.#peer = peer;
    this.#files = new FileTransfers(peer, this.#handlers.onFile);
    peer.on('text', this.#handlers.onText);
    peer.on('delivered', (count) => this.#handlers.onDelivered?.(count));
    void peer.closed.then((why) => this.#end(why));
    if (!(await peer.opened).ok) return false;
    this.#enter('talking');
    peer.on('state', (state) => {
      if (state === 'interrupted') this.#enter('interrupted');
      if (state === 'open') this.#enter('talking');
    });
    return true;
  }

  /** `undefined` if the runtime cannot create a connection, for example with these ICE servers. */
  #connect(): PeerCall | undefined {
    try {
      return new PeerCall(this.call, { createConnection: this.#createConnection });
    } catch {
      void this.call.hangup();
      return undefined;
    }
  }

  #enter(phase: CallPhase): void {
    const before = this.#phase;
    if (this.#isOver || phase === before) return;
    this.#phase = phase;
    this.#handlers.onPhase(phase, before);
  }

  #end(why: ConversationEnd): false {
    this.#isOver = true;
    this.#handlers.onEnded(why, this.#phase === 'ringing here');
    this.#over.resolve(undefined);
    return false;
  }
}
