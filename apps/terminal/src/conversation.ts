import { PeerCall } from '@white-rabbit/client';
import type { Call, CallEnd, PeerCallEnd, PeerCallOptions } from '@white-rabbit/client';

/** What becomes of a conversation. */
export interface ConversationHandlers {
  /** It was accepted; the two networks look for a way to each other. */
  readonly onConnecting: () => void;
  /** Texts go straight to the other one from now on. */
  readonly onConnected: () => void;
  /** The way is interrupted (`disconnected`), or there again (`connected`). */
  readonly onState: (state: string) => void;
  readonly onText: (text: string) => void;
  /** Once, at the end, however early. */
  readonly onEnded: (why: PeerCallEnd | CallEnd) => void;
}

/** One call from its first ring to its last word. */
export class Conversation {
  readonly call: Call;
  /** Resolves when texts can be sent, or never will be. */
  readonly settled: Promise<boolean>;
  /** Resolves when it is over and the other one was told. */
  readonly over: Promise<void>;
  readonly #createConnection: PeerCallOptions['createConnection'];
  readonly #handlers: ConversationHandlers;
  readonly #over = Promise.withResolvers<undefined>();
  #peer: PeerCall | undefined;

  constructor(call: Call, createConnection: PeerCallOptions['createConnection'], handlers: ConversationHandlers) {
    this.call = call;
    this.#createConnection = createConnection;
    this.#handlers = handlers;
    this.over = this.#over.promise;
    this.settled = this.#run();
  }

  /** Whether it rings here and waits for an answer. */
  get isRingingHere(): boolean {
    return this.call.state === 'ringing' && this.call.role === 'callee';
  }

  /** `false` while there is no open channel. */
  send(text: string): boolean {
    return this.#peer?.send(text) ?? false;
  }

  /** Ends it, at whatever point. */
  async hangup(): Promise<void> {
    if (this.#peer) await this.#peer.close();
    else await this.call.hangup();
  }

  async #run(): Promise<boolean> {
    const answer = await this.call.answered;
    if (answer !== 'accepted') return this.#end(answer);
    this.#handlers.onConnecting();
    const peer = new PeerCall(this.call, { createConnection: this.#createConnection });
    this.#peer = peer;
    peer.on('text', this.#handlers.onText);
    void peer.closed.then((why) => this.#end(why));
    const connected = await peer.opened;
    if (!connected.ok) return false;
    this.#handlers.onConnected();
    peer.on('state', this.#handlers.onState);
    return true;
  }

  #end(why: PeerCallEnd | CallEnd): false {
    this.#handlers.onEnded(why);
    this.#over.resolve(undefined);
    return false;
  }
}
