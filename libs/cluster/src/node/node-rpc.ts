import type { NodeId } from '@white-rabbit/signaling';
import type { Bus, Delivery } from '../bus.js';
import { FAILED, type Answer } from './answer.js';
import { systemClock, type Clock } from '../clock.js';
import { decodeBatch, encodeEnvelope, type Envelope } from './envelope-batch.js';
import { MessageAge } from './message-age.js';
import { Outbox } from './outbox.js';
import { PendingAsks } from './pending-asks.js';
import { encodeStamp, lagOf, STAMP_EVERY_MS, STAMP_ID } from './sent-stamp.js';

/**
 * Handles a message and returns a short text for the sender. `isLate`: the message was in transit for longer than its
 * sender waits, so the sender has given up.
 */
export type EnvelopeHandler = (from: NodeId, body: string, isLate: boolean) => string | Promise<string>;

/** Settings of `NodeRpc`. */
export interface NodeRpcOptions {
  readonly bus: Bus;
  readonly self: NodeId;
  readonly clock?: Clock;
  /**
   * A request without a response by then is `silent`, and an older message is late: all nodes use the same value. Ms;
   * less than the 5 s in which a client gets its outcome.
   */
  readonly answerMs?: number;
  /** Responses wait this long for others to the same node. Ms. */
  readonly receiptMs?: number;
  /** Maximum of open requests to one node; one more is `unavailable` at once. */
  readonly pendingAsksPerNode?: number;
  /** Runs a flush after the events of this turn of the event loop. */
  readonly defer?: (flush: () => void) => void;
  /**
   * Called a few times a second, while others send, with the transit time of a batch. Ms, by two nodes' wall clocks;
   * never below 0.
   */
  readonly onLag?: (lagMs: number) => void;
  /** Wall clock, ms since 1970: two processes have no other clock in common. */
  readonly wallMs?: () => number;
}

/** The requests that 3,000 a second accumulate if a node stops answering. */
const PENDING_ASKS_PER_NODE = 10_000;

/** The answer of a node whose handler failed, or that has none yet. */
const INTERNAL = 'internal';

/**
 * Requests, notifications and responses between this node and others, over the bus. They arrive at each node in the
 * order of the calls. Messages to one node from the same turn of the event loop are sent together, and so are
 * responses of a few ms.
 */
export class NodeRpc {
  readonly #bus: Bus;
  readonly #self: NodeId;
  readonly #clock: Clock;
  readonly #receiptMs: number;
  readonly #defer: (flush: () => void) => void;
  readonly #pending: PendingAsks;
  readonly #age: MessageAge;
  readonly #onLag: (lagMs: number) => void;
  readonly #wallMs: () => number;
  /** Only nodes with waiting messages have an outbox. */
  readonly #outboxes = new Map<NodeId, Outbox>();
  readonly #dueSoon = new Set<NodeId>();
  readonly #dueLater = new Set<NodeId>();
  #soonArmed = false;
  #laterArmed = false;
  #handler: EnvelopeHandler = () => INTERNAL;
  #malformedCount = 0;
  #stampedAt = -Infinity;
  #stopped = false;

  constructor(options: NodeRpcOptions) {
    this.#bus = options.bus;
    this.#self = options.self;
    this.#clock = options.clock ?? systemClock;
    this.#receiptMs = options.receiptMs ?? 2;
    this.#defer = options.defer ?? setImmediate;
    this.#onLag = options.onLag ?? (() => undefined);
    this.#wallMs = options.wallMs ?? Date.now;
    const answerMs = options.answerMs ?? 4000;
    this.#pending = new PendingAsks(this.#clock, answerMs, options.pendingAsksPerNode ?? PENDING_ASKS_PER_NODE);
    const sendToSelf = (text: string): void => void this.#bus.send(this.#self, text).catch(() => undefined);
    this.#age = new MessageAge({ clock: this.#clock, limitMs: answerMs, sendToSelf });
    this.#bus.onMessage((from, body) => {
      this.#receive(from, body);
    });
  }

  /** Batches that could not be parsed: invalid, or of another version. */
  get malformed(): number {
    return this.#malformedCount;
  }

  /** Requests that wait for their response now. */
  get asking(): number {
    return this.#pending.size;
  }

  /** Messages that wait in an outbox now. */
  get waiting(): number {
    let count = 0;
    for (const outbox of this.#outboxes.values()) count += outbox.size;
    return count;
  }

  /**
   * Sets the handler of the messages. Called in order of arrival for each sender, and at once; responses are sent as
   * they become available.
   */
  onEnvelope(handler: EnvelopeHandler): void {
    this.#handler = handler;
  }

  /**
   * Sends a request and resolves with its outcome. Never rejects. A message to this node itself calls the handler at
   * once.
   */
  request(to: NodeId, body: string): Promise<Answer> {
    if (to === this.#self) return answered(this.#handle(to, body));
    return new Promise((resolve) => {
      const id = this.#stopped ? undefined : this.#pending.add(to, resolve);
      if (id === undefined) resolve(FAILED.unavailable);
      else this.#post(to, encodeEnvelope('ask', id, body), id);
    });
  }

  /** Sends a notification, which has no response, in order with the requests. */
  notify(to: NodeId, body: string): void {
    if (to === this.#self) void this.#handle(to, body);
    else if (!this.#stopped) this.#post(to, encodeEnvelope('tell', 0, body));
  }

  /** Sends waiting messages, and ends all open requests as `silent`. */
  stop(): void {
    if (this.#stopped) return;
    for (const to of [...this.#outboxes.keys()]) this.#flush(to);
    this.#stopped = true;
    this.#age.stop();
    this.#pending.stop();
  }

  #post(to: NodeId, envelope: string, ask?: number): void {
    const outbox = this.#outboxFor(to, envelope);
    if (ask !== undefined) outbox.asks.push(ask);
    if (outbox.isFull) {
      this.#flush(to);
      return;
    }
    this.#dueSoon.add(to);
    if (this.#soonArmed) return;
    this.#soonArmed = true;
    this.#defer(this.#flushSoon);
  }

  #postReceipt(to: NodeId, id: number, text: string): void {
    if (this.#stopped) return;
    const outbox = this.#outboxFor(to, encodeEnvelope('receipt', id, text));
    if (outbox.isFull) {
      this.#flush(to);
      return;
    }
    this.#dueLater.add(to);
    if (this.#laterArmed) return;
    this.#laterArmed = true;
    this.#clock.after(this.#receiptMs, this.#flushLater);
  }

  /** The outbox with the message added. */
  #outboxFor(to: NodeId, envelope: string): Outbox {
    let outbox = this.#outboxes.get(to);
    if (outbox !== undefined && !outbox.fits(envelope)) {
      this.#flush(to);
      outbox = undefined;
    }
    if (outbox === undefined) this.#outboxes.set(to, (outbox = new Outbox()));
    outbox.add(envelope);
    return outbox;
  }

  readonly #flushSoon = (): void => {
    this.#soonArmed = false;
    for (const to of this.#dueSoon) this.#flush(to);
    this.#dueSoon.clear();
  };

  readonly #flushLater = (): void => {
    this.#laterArmed = false;
    for (const to of this.#dueLater) this.#flush(to);
    this.#dueLater.clear();
  };

  #flush(to: NodeId): void {
    const outbox = this.#outboxes.get(to);
    if (outbox === undefined) return;
    this.#outboxes.delete(to);
    const concluded = (delivery: Delivery): void => {
      if (delivery === 'sent') return;
      const failure = delivery === 'uncertain' ? FAILED.silent : FAILED[delivery];
      for (const id of outbox.asks) this.#pending.settle(id, to, failure);
    };
    this.#bus.send(to, outbox.toBatch(this.#clock.now(), this.#stamp())).then(concluded, () => {
      concluded('uncertain');
    });
  }

  /** From time to time a batch contains its time of sending; the others do not. */
  #stamp(): string {
    const now = this.#clock.now();
    if (now - this.#stampedAt < STAMP_EVERY_MS) return '';
    this.#stampedAt = now;
    return encodeStamp(this.#wallMs());
  }

  #receive(from: NodeId, body: string): void {
    if (this.#stopped) return;
    // The texts that a node sends to itself over the bus are its probes.
    if (from === this.#self) {
      this.#age.heardSelf(body);
      return;
    }
    const batch = decodeBatch(body);
    if (batch === undefined) {
      this.#malformedCount++;
      return;
    }
    const isLate = this.#age.isLate(from, batch.sentMs);
    for (const envelope of batch.envelopes) this.#take(from, envelope, isLate);
  }

  #take(from: NodeId, { kind, id, text }: Envelope, isLate: boolean): void {
    switch (kind) {
      case 'ask':
        this.#takeAsk(from, id, this.#handle(from, text, isLate));
        return;
      case 'tell':
        void this.#handle(from, text, isLate);
        return;
      case 'receipt':
        if (id === STAMP_ID) this.#takeStamp(text);
        else this.#pending.settle(id, from, { outcome: 'answered', text });
    }
  }

  #takeStamp(text: string): void {
    const lagMs = lagOf(text, this.#wallMs());
    if (lagMs !== undefined) this.#onLag(lagMs);
  }

  #takeAsk(from: NodeId, id: number, result: string | Promise<string>): void {
    if (typeof result === 'string') {
      this.#postReceipt(from, id, result);
      return;
    }
    void result.then((text) => {
      this.#postReceipt(from, id, text);
    });
  }

  /** The handler's answer. Neither throws nor rejects. */
  #handle(from: NodeId, body: string, isLate = false): string | Promise<string> {
    try {
      const result = this.#handler(from, body, isLate);
      return typeof result === 'string' ? result : result.catch(() => INTERNAL);
    } catch {
      return INTERNAL;
    }
  }
}

async function answered(result: string | Promise<string>): Promise<Answer> {
  return { outcome: 'answered', text: await result };
}
