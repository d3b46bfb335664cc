import type { Answer, NodeId } from '@white-rabbit/signaling';
import type { Bus, Delivery } from '../bus.js';
import { systemClock, type Clock } from '../clock.js';
import { Listeners } from '../listeners.js';
import { MessageAge } from './message-age.js';
import { NodeLinks, type NodeLink } from './node-links.js';
import type { HandledKind, HandledMessage, MessageOf } from './node-message.js';
import { FAILED, PendingRequests, type RequestOutcome } from './pending-requests.js';
import {
  decodePublish,
  encodeHeader,
  encodeMessage,
  type Publish,
  type ReceivedMessage,
  type Unreadable,
} from './publish-codec.js';

/**
 * Handles a message and returns the answer to its sender. `isLate`: the message was in transit for longer than its
 * sender waits, so the sender has given up.
 */
export type MessageHandler<M extends HandledMessage> = (
  from: NodeId,
  message: M,
  isLate: boolean,
) => Answer | Promise<Answer>;

/**
 * Why something on the bus was ignored: a whole text that could not be decoded, one whose number is not above that of
 * the sender's last, or one message (`message`) of a kind or with a field that this version does not have.
 */
export type Ignored = Unreadable | 'repeated' | 'message';

/** A probe in transit. */
export interface SentProbe {
  readonly number: number;
  readonly delivery: Promise<Delivery>;
}

/** Settings of `NodeRpc`. */
export interface NodeRpcOptions {
  readonly bus: Bus;
  readonly self: NodeId;
  readonly clock?: Clock;
  /**
   * A request without an answer by then has a `timeout`, and an older message is late: all nodes use the same value.
   * Ms; less than the 5 s in which a client gets its outcome.
   */
  readonly responseMs?: number;
  /** Answers wait this long for others to the same node. Ms. */
  readonly collectMs?: number;
  /** Maximum of open requests to one node; one more is `unavailable` at once. */
  readonly requestsPerNode?: number;
  /** Runs a flush after the events of this turn of the event loop. */
  readonly defer?: (flush: () => void) => void;
  /**
   * Called with the transit time of each publish of another node. Ms, by two nodes' wall clocks; never below 0.
   */
  readonly onLag?: (lagMs: number) => void;
  /** Wall clock, ms since 1970: two processes have no other clock in common. */
  readonly wallMs?: () => number;
}

/** The requests that 3,000 a second accumulate if a node stops answering. */
const REQUESTS_PER_NODE = 10_000;

/** The answer of a node whose handler failed, or that has none for the message. */
const INTERNAL = 'internal';

const PROBE = encodeMessage({ kind: 'probe' });

/**
 * Requests, notifications and answers between this node and others, over the bus. They arrive at each node in the
 * order of the calls, at most once. Messages to one node from the same turn of the event loop are one publish, and so
 * are the answers of a few ms.
 */
export class NodeRpc {
  readonly #bus: Bus;
  readonly #self: NodeId;
  readonly #clock: Clock;
  readonly #collectMs: number;
  readonly #defer: (flush: () => void) => void;
  readonly #onLag: (lagMs: number) => void;
  readonly #wallMs: () => number;
  readonly #links = new NodeLinks();
  readonly #pending: PendingRequests;
  readonly #age: MessageAge;
  readonly #handlers = new Map<HandledKind, MessageHandler<never>>();
  readonly #probeListeners = new Listeners<[probe: number]>();
  readonly #counts: Record<Ignored, number> = { malformed: 0, version: 0, oversized: 0, repeated: 0, message: 0 };
  readonly #dueSoon = new Set<NodeLink>();
  readonly #dueLater = new Set<NodeLink>();
  #lostCount = 0;
  #stopped = false;

  constructor(options: NodeRpcOptions) {
    this.#bus = options.bus;
    this.#self = options.self;
    this.#clock = options.clock ?? systemClock;
    this.#collectMs = options.collectMs ?? 2;
    this.#defer = options.defer ?? setImmediate;
    this.#onLag = options.onLag ?? (() => undefined);
    this.#wallMs = options.wallMs ?? Date.now;
    const responseMs = options.responseMs ?? 4000;
    this.#pending = new PendingRequests(this.#clock, responseMs, options.requestsPerNode ?? REQUESTS_PER_NODE);
    this.#age = new MessageAge({ clock: this.#clock, limitMs: responseMs, probe: () => this.probe().number });
    this.#bus.onMessage((text) => {
      this.#receive(text);
    });
  }

  /** What was ignored since the start, by reason. */
  get ignored(): Readonly<Record<Ignored, number>> {
    return this.#counts;
  }

  /** Publishes of other nodes that did not arrive, by the gaps in their numbers. */
  get lost(): number {
    return this.#lostCount;
  }

  /** Requests that wait for their answer now. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Messages that wait for their publish now. */
  get queued(): number {
    let count = 0;
    for (const { outbox } of this.#links) count += outbox.size;
    return count;
  }

  /**
   * Sets the handler of a kind. Called in order of arrival for each sender, and at once; answers are sent as they
   * become available.
   */
  on<K extends HandledKind>(kind: K, handler: MessageHandler<MessageOf<K>>): void {
    this.#handlers.set(kind, handler);
  }

  /**
   * Sends a request and resolves with its outcome. Never rejects. A message to this node itself calls the handler at
   * once.
   */
  request(to: NodeId, message: HandledMessage): Promise<RequestOutcome> {
    if (to === this.#self) return answered(this.#handle(to, message, false));
    return new Promise((resolve) => {
      const link = this.#links.of(to);
      const id = this.#stopped ? undefined : this.#pending.add(link.requests, resolve);
      if (id === undefined) resolve(FAILED.unavailable);
      else this.#post(link, message, id);
    });
  }

  /** Sends a notification, which has no answer, in order with the requests. */
  notify(to: NodeId, message: HandledMessage): void {
    if (to === this.#self) void this.#handle(to, message, false);
    else if (!this.#stopped) this.#post(this.#links.of(to), message, 0);
  }

  /** Sends a probe to this node itself, over the bus and at once. */
  probe(): SentProbe {
    const link = this.#links.of(this.#self);
    const delivery = this.#stopped ? Promise.resolve<Delivery>('unavailable') : this.#publish(link, PROBE);
    return { number: link.sent, delivery };
  }

  /** A probe has returned: this node receives what is sent to it. */
  onProbe(listener: (probe: number) => void): void {
    this.#probeListeners.add(listener);
  }

  /** Sends waiting messages, and ends all open requests with `timeout`. */
  stop(): void {
    if (this.#stopped) return;
    for (const link of this.#links) this.#flush(link);
    this.#stopped = true;
    this.#age.stop();
    this.#pending.stop();
  }

  #post(link: NodeLink, message: HandledMessage, id: number): void {
    const text = encodeMessage(message, id);
    if (!link.outbox.fits(text.length)) this.#flush(link);
    link.outbox.add(text, id);
    if (link.outbox.isFull) {
      this.#flush(link);
      return;
    }
    const isFirst = this.#dueSoon.size === 0;
    this.#dueSoon.add(link);
    if (isFirst) this.#defer(this.#flushSoon);
  }

  #postAnswer(link: NodeLink, id: number, answer: Answer): void {
    if (this.#stopped) return;
    if (!link.outbox.fits(0)) this.#flush(link);
    link.outbox.addAnswer(id, answer);
    if (link.outbox.isFull) {
      this.#flush(link);
      return;
    }
    const isFirst = this.#dueLater.size === 0;
    this.#dueLater.add(link);
    if (isFirst) this.#clock.after(this.#collectMs, this.#flushLater);
  }

  readonly #flushSoon = (): void => {
    for (const link of this.#dueSoon) this.#flush(link);
    this.#dueSoon.clear();
  };

  readonly #flushLater = (): void => {
    for (const link of this.#dueLater) this.#flush(link);
    this.#dueLater.clear();
  };

  #flush(link: NodeLink): void {
    if (link.outbox.size === 0) return;
    const { text, first, last } = link.outbox.take();
    const delivery = this.#publish(link, text);
    if (last === 0) return;
    void delivery.then((outcome) => {
      if (outcome === 'sent') return;
      const failure = outcome === 'uncertain' ? FAILED.timeout : FAILED[outcome];
      this.#pending.settle(link.requests, first, last, failure);
    });
  }

  #publish(link: NodeLink, messages: string): Promise<Delivery> {
    link.sent += 1;
    const times = { sentMs: this.#clock.now(), wallMs: this.#wallMs() };
    return this.#bus.send(link.node, encodeHeader({ from: this.#self, sequence: link.sent, ...times }) + messages);
  }

  #receive(text: string): void {
    if (this.#stopped) return;
    const publish = decodePublish(text);
    if (typeof publish === 'string') {
      this.#counts[publish] += 1;
      return;
    }
    const link = this.#links.of(publish.from);
    const last = link.received;
    if (publish.sequence <= last) {
      this.#counts.repeated += 1;
      return;
    }
    link.received = publish.sequence;
    if (publish.from === this.#self) {
      this.#takeProbe(publish);
      return;
    }
    if (last > 0) this.#lostCount += publish.sequence - last - 1;
    this.#take(link, publish);
  }

  #takeProbe({ sequence }: Publish): void {
    this.#age.returned(sequence);
    this.#probeListeners.notify(sequence);
  }

  #take(link: NodeLink, { sentMs, wallMs, messages }: Publish): void {
    this.#onLag(Math.max(0, this.#wallMs() - wallMs));
    const isLate = this.#age.isLate(link, sentMs);
    for (const received of messages) this.#takeMessage(link, received, isLate);
  }

  #takeMessage(link: NodeLink, { id, message }: ReceivedMessage, isLate: boolean): void {
    if (message?.kind === 'response') {
      for (const { first, last, answer } of message.runs)
        this.#pending.settle(link.requests, first, last, { outcome: 'answered', answer });
      return;
    }
    const answer = this.#answerTo(link.node, message, isLate);
    if (id === 0) return;
    if (typeof answer === 'string') this.#postAnswer(link, id, answer);
    else
      void answer.then((late) => {
        this.#postAnswer(link, id, late);
      });
  }

  #answerTo(from: NodeId, message: ReceivedMessage['message'], isLate: boolean): Answer | Promise<Answer> {
    if (message !== undefined && message.kind !== 'probe' && message.kind !== 'response')
      return this.#handle(from, message, isLate);
    this.#counts.message += 1;
    return INTERNAL;
  }

  /** The handler's answer. Neither throws nor rejects. */
  #handle(from: NodeId, message: HandledMessage, isLate: boolean): Answer | Promise<Answer> {
    try {
      // The cast is correct because the map has under each kind a handler of that kind.
      const answer = this.#handlers.get(message.kind)?.(from, message as never, isLate) ?? INTERNAL;
      return typeof answer === 'string' ? answer : answer.catch(() => INTERNAL);
    } catch {
      return INTERNAL;
    }
  }
}

async function answered(answer: Answer | Promise<Answer>): Promise<RequestOutcome> {
  return { outcome: 'answered', answer: await answer };
}
