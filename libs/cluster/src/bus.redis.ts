import type { NodeId } from '@white-rabbit/signaling';
import { type Delivery, Bus, isOversized } from './bus.js';
import { type Ignored, formatEnvelope, parseEnvelope } from './redis/envelope.js';
import { BUS_PREFIX, busChannel } from './redis/keys.js';
import type { RedisLink } from './redis/redis-link.js';
import { SenderTable } from './redis/sender-table.js';

/** One node's end of the bus of a region in Redis: a channel for each node. */
export class RedisBus extends Bus {
  readonly #listeners: ((from: NodeId, body: string) => void)[] = [];
  readonly #senders = new SenderTable();
  readonly #counts: Record<Ignored, number> = { malformed: 0, version: 0, oversized: 0, repeated: 0 };
  /** One count for all receivers: it grows for each of them as well. */
  #sequence = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly self: NodeId,
  ) {
    super();
    link.subscriptions.addSource({
      prefix: BUS_PREFIX,
      channels: [busChannel(self)],
      onMessage: (text) => {
        this.#take(text);
      },
    });
  }

  /** How many texts were ignored since the start, by reason. */
  get ignored(): Readonly<Record<Ignored, number>> {
    return this.#counts;
  }

  override async send(to: NodeId, body: string): Promise<Delivery> {
    // Checked before anything is written: an error does not show whether the command was sent, and when it will be
    // executed.
    if (isOversized(body) || !this.link.takesCommands) return 'unavailable';
    const text = formatEnvelope({ from: this.self, sequence: ++this.#sequence, body });
    try {
      const receivers = await this.link.call('send', (client) => client.spublish(busChannel(to), text));
      return Number(receivers) > 0 ? 'sent' : 'unreachable';
    } catch {
      return 'uncertain';
    }
  }

  override onMessage(listener: (from: NodeId, body: string) => void): void {
    this.#listeners.push(listener);
  }

  #take(text: string): void {
    const envelope = parseEnvelope(text);
    if (typeof envelope === 'string') this.#counts[envelope] += 1;
    else if (!this.#senders.isNew(envelope.from, envelope.sequence)) this.#counts.repeated += 1;
    else for (const listener of this.#listeners) listener(envelope.from, envelope.body);
  }
}
