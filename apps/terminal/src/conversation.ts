import {
  PeerCall,
  type Call,
  type CallEnd,
  type Outcome,
  type PeerCallEnd,
  type PeerCallOptions,
} from '@white-rabbit/client';
import type { Stage } from './stage.js';

/** What becomes of a conversation. */
export interface ConversationHandlers {
  /** It is at another stage. */
  readonly onStage: (stage: Stage, before: Stage) => void;
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
  #stage: Stage;
  #peer: PeerCall | undefined;

  constructor(call: Call, createConnection: PeerCallOptions['createConnection'], handlers: ConversationHandlers) {
    this.call = call;
    this.#createConnection = createConnection;
    this.#handlers = handlers;
    this.over = this.#over.promise;
    // Two who call each other at once need not answer: what began as a call to somebody never rings here.
    this.#stage = call.role === 'callee' ? 'ringing here' : 'calling';
    call.on('state', (state) => {
      if (state === 'ringing') this.#enter('ringing there');
    });
    this.settled = this.#run();
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Whether it rings here and waits for an answer. */
  get isRingingHere(): boolean {
    return this.#stage === 'ringing here' && this.call.state === 'ringing';
  }

  /** Takes the call, while it rings here: from then on it does not, so that a key that is held down is one answer. */
  async accept(): Promise<void> {
    this.#enter('connecting');
    await this.call.accept();
  }

  /** Does not take the call, while it rings here. */
  reject(): Promise<Outcome> {
    return this.call.reject();
  }

  /** Waits until the channel has room, then sends. Resolves with `false` if there is no open channel. */
  async send(text: string): Promise<boolean> {
    const peer = this.#peer;
    return peer !== undefined && (await peer.room()) && peer.send(text);
  }

  /** Whether the other side confirmed every text so far. */
  get isConfirmed(): boolean {
    return this.#peer?.isConfirmed ?? true;
  }

  /** Ends it, at whatever point. Resolves with `false` if texts did not reach the other side. */
  async hangup(): Promise<boolean> {
    if (this.#peer) return this.#peer.close();
    await this.call.hangup();
    return true;
  }

  async #run(): Promise<boolean> {
    const answer = await this.call.answered;
    if (answer !== 'accepted') return this.#end(answer);
    this.#enter('connecting');
    const peer = new PeerCall(this.call, { createConnection: this.#createConnection });
    this.#peer = peer;
    peer.on('text', this.#handlers.onText);
    void peer.closed.then((why) => this.#end(why));
    const connected = await peer.opened;
    if (!connected.ok) return false;
    this.#enter('talking');
    peer.on('state', (state) => {
      if (state === 'disconnected') this.#enter('interrupted');
      if (state === 'connected') this.#enter('talking');
    });
    return true;
  }

  #enter(stage: Stage): void {
    const before = this.#stage;
    if (stage === before) return;
    this.#stage = stage;
    this.#handlers.onStage(stage, before);
  }

  #end(why: PeerCallEnd | CallEnd): false {
    this.#handlers.onEnded(why);
    this.#over.resolve(undefined);
    return false;
  }
}
