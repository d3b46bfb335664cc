import type { Answer, NodeId } from '@white-rabbit/signaling';
import type { Bus, Delivery } from '../bus.js';
import { systemClock, type Cancel, type Clock } from '../clock.js';
import { Listeners } from '../listeners.js';
import { MessageAge } from './message-age.js';
import { NodeLinks, type NodeLink } from './node-links.js';
import type { HandledKind, HandledMessage, MessageOf } from './node-message.js';
import type { RequestOutcome } from './open-requests.js';
import { FlushQueue, paced } from './outbox.js';
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
  /** Called with the transit time of each publish of another node. Ms, by two nodes' wall clocks; never below 0. */
  readonly onLag?: (lagMs: number) => void;
  /** Wall clock, ms since 1970: two processes have no other clock in common. */
  readonly wallMs?: () => number;
}

/**
 * A request without an answer by then has a `timeout`, and an older message is late. A client gets its outcome within
 * 5 s, look-ups included. Ms.
 */
export const RESPONSE_MS = 2_800;

/** Least time between two flushes: a signal is at most that much later, and costs less the more there are. Ms. */
const SPACING_MS = 2;

/** An `ok` that no client waits for may wait this long for others, and delay the end of the receiver by as much. Ms. */
const PATIENCE_MS = 50;

/** Interval of the checks for timeouts: a request may time out this much late. Ms. */
const SWEEP_MS = 100;

/** The answer of a node whose handler failed, or that has none for the message. */
const INTERNAL: Answer = 'internal';

const PROBE = encodeMessage({ kind: 'probe' });

/**
 * Requests, notifications and answers between this node and others, over the bus. They arrive at each node in the
 * order of the calls, at most once. Messages and answers to one node from the same turn of the event loop, or from the
 * same 2 ms, are one publish.
 */
export class NodeRpc {
  readonly #options: Required<NodeRpcOptions>;
  readonly #links = new NodeLinks();
  readonly #age: MessageAge;
  readonly #handlers = new Map<HandledKind, MessageHandler<never>>();
  readonly #probeListeners = new Listeners<[probe: number]>();
  readonly #counts: Record<Ignored, number> = { malformed: 0, version: 0, oversized: 0, repeated: 0, message: 0 };
  readonly #soon: FlushQueue<NodeLink>;
  readonly #patiently: FlushQueue<NodeLink>;
  #cancelSweep: Cancel | undefined;
  #lostCount = 0;
  #stopped = false;

  constructor(options: NodeRpcOptions) {
    this.#options = { clock: systemClock, onLag: () => undefined, wallMs: Date.now, ...options };
    const { bus, clock } = this.#options;
    const flush = (link: NodeLink): void => {
      this.#flush(link);
    };
    this.#soon = new FlushQueue(paced(clock, SPACING_MS), flush);
    this.#patiently = new FlushQueue((run) => clock.after(PATIENCE_MS, run), flush);
    this.#age = new MessageAge({ clock, limitMs: RESPONSE_MS, probe: () => this.probe().number });
    bus.onMessage((text) => {
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
    return this.#sum(({ requests }) => requests.size);
  }

  /** Messages that wait for their publish now. */
  get queued(): number {
    return this.#sum(({ outbox }) => outbox.size);
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
    if (to === this.#options.self) return answered(this.#handle(to, message, false));
    return new Promise((resolve) => {
      this.#send(to, message, 0, resolve);
    });
  }

  /**
   * Sends a request to another node. `settled` is called once with its outcome; if that is `ok`, up to `PATIENCE_MS` late,
   * because it is of no interest.
   */
  post(to: NodeId, message: HandledMessage, settled: (outcome: RequestOutcome) => void): void {
    this.#send(to, message, PATIENCE_MS, settled);
  }

  /** Sends a notification, which has no answer, in order with the requests. */
  notify(to: NodeId, message: HandledMessage): void {
    if (to === this.#options.self) void this.#handle(to, message, false);
    else if (!this.#stopped) this.#add(this.#links.of(to), encodeMessage(message), 0);
  }

  /** Sends a probe to this node itself, over the bus and at once. */
  probe(): SentProbe {
    const link = this.#links.of(this.#options.self);
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
    this.#cancelSweep?.();
    for (const { requests } of this.#links) requests.expire(Infinity);
  }

  readonly #sweep = (): void => {
    for (const { requests } of this.#links) requests.expire(this.#options.clock.now());
    this.#cancelSweep = this.pending > 0 ? this.#options.clock.after(SWEEP_MS, this.#sweep) : undefined;
  };

  #sum(count: (link: NodeLink) => number): number {
    let sum = 0;
    for (const link of this.#links) sum += count(link);
    return sum;
  }

  #send(to: NodeId, message: HandledMessage, patienceMs: number, settled: (outcome: RequestOutcome) => void): void {
    const link = this.#links.of(to);
    const { clock } = this.#options;
    const id = this.#stopped ? undefined : link.requests.add(clock.now() + RESPONSE_MS, settled);
    if (id === undefined) settled({ outcome: 'unavailable' });
    else this.#add(link, encodeMessage(message, id, patienceMs), id);
    this.#cancelSweep ??= clock.after(RESPONSE_MS, this.#sweep);
  }

  #add(link: NodeLink, text: string, id: number): void {
    if (!link.outbox.fits(text.length)) this.#flush(link);
    link.outbox.add(text, id);
    this.#soon.add(link);
  }

  #postAnswer(link: NodeLink, { id, patienceMs }: ReceivedMessage, answer: Answer): void {
    if (this.#stopped) return;
    if (!link.outbox.fits(0)) this.#flush(link);
    link.outbox.addAnswer(id, answer);
    (patienceMs > 0 && answer === 'ok' ? this.#patiently : this.#soon).add(link);
  }

  #flush(link: NodeLink): void {
    if (link.outbox.size === 0) return;
    const { text, first, last } = link.outbox.take();
    const delivery = this.#publish(link, text);
    if (last === 0) return;
    void delivery.then((outcome) => {
      if (outcome === 'sent') return;
      link.requests.settle(first, last, { outcome: outcome === 'uncertain' ? 'timeout' : outcome });
    });
  }

  #publish(link: NodeLink, messages: string): Promise<Delivery> {
    const { bus, self: from, clock, wallMs } = this.#options;
    const sequence = (link.sent += 1);
    return bus.send(link.node, encodeHeader({ from, sequence, sentMs: clock.now(), wallMs: wallMs() }) + messages);
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
    if (publish.from === this.#options.self) {
      this.#age.returned(publish.sequence);
      this.#probeListeners.notify(publish.sequence);
      return;
    }
    if (last > 0) this.#lostCount += publish.sequence - last - 1;
    this.#take(link, publish);
  }

  #take(link: NodeLink, { sentMs, wallMs, messages }: Publish): void {
    this.#options.onLag(Math.max(0, this.#options.wallMs() - wallMs));
    const isLate = this.#age.isLate(link, sentMs);
    for (const received of messages) {
      const { id, message } = received;
      if (message?.kind === 'response') {
        for (const { first, last, answer } of message.runs)
          link.requests.settle(first, last, { outcome: 'answered', answer });
        continue;
      }
      const answer = this.#handle(link.node, message?.kind === 'probe' ? undefined : message, isLate);
      if (id === 0) continue;
      if (typeof answer === 'string') this.#postAnswer(link, received, answer);
      else
        void answer.then((late) => {
          this.#postAnswer(link, received, late);
        });
    }
  }

  /** The handler's answer. Neither throws nor rejects. */
  #handle(from: NodeId, message: HandledMessage | undefined, isLate: boolean): Answer | Promise<Answer> {
    if (message === undefined) {
      this.#counts.message += 1;
      return INTERNAL;
    }
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
