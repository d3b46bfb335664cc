import { PeerCall, type Call, type DataChannel } from '@white-rabbit/client';
import type { End, Stage } from './stage.js';

/** What becomes of a conversation. */
export interface ConversationHandlers {
  readonly onStage: (stage: Stage) => void;
  readonly onText: (text: string) => void;
  /** Once, at the end, however early. */
  readonly onEnded: (why: End) => void;
}

/** Texts wait for a peer that does not read, up to this many bytes; beyond, `send` refuses. */
const WAITING_BYTES = 1_048_576;

/** One call with one peer, from its first ring to its last word. */
export class Conversation {
  readonly #call: Call;
  readonly #handlers: ConversationHandlers;
  #stage: Stage;
  #peer: PeerCall | undefined;
  #channel: DataChannel | undefined;
  #isAnswered = false;
  #isOver = false;

  constructor(call: Call, handlers: ConversationHandlers) {
    this.#call = call;
    this.#handlers = handlers;
    this.#stage = call.role === 'callee' ? 'ringing here' : 'calling';
    call.on('state', (state) => {
      if (state === 'ringing') this.#enter('ringing there');
    });
    void this.#run();
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Takes the call; once, while it rings here. */
  accept(): void {
    if (this.#stage !== 'ringing here' || this.#isAnswered) return;
    this.#isAnswered = true;
    void this.#call.accept();
  }

  /** Does not take the call; once, while it rings here. */
  decline(): void {
    if (this.#stage !== 'ringing here' || this.#isAnswered) return;
    this.#isAnswered = true;
    void this.#call.reject();
  }

  /** Whether the text is on its way: `false` without an open channel, or when too much waits in it already. */
  send(text: string): boolean {
    if (this.#channel === undefined || this.#channel.bufferedAmount > WAITING_BYTES) return false;
    return this.#peer?.send(text) ?? false;
  }

  /** Ends it, at whatever point. */
  hangup(): void {
    void (this.#peer ? this.#peer.close() : this.#call.hangup());
  }

  async #run(): Promise<void> {
    const answer = await this.#call.answered;
    if (answer !== 'accepted') {
      this.#end(answer);
      return;
    }
    this.#enter('connecting');
    const peer = new PeerCall(this.#call, {
      createConnection: (configuration) => new RTCPeerConnection(configuration),
    });
    this.#peer = peer;
    peer.on('text', this.#handlers.onText);
    void peer.closed.then((why) => this.#end(why));
    const connected = await peer.opened;
    if (!connected.ok) return;
    this.#channel = connected.channel;
    this.#enter('talking');
    peer.on('state', (state) => {
      if (state === 'disconnected') this.#enter('interrupted');
      if (state === 'connected') this.#enter('talking');
    });
  }

  #enter(stage: Stage): void {
    if (this.#isOver || stage === this.#stage) return;
    this.#stage = stage;
    this.#handlers.onStage(stage);
  }

  #end(why: End): void {
    this.#isOver = true;
    this.#handlers.onEnded(why);
  }
}
