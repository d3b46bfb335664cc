import type { NodeId } from '@white-rabbit/signaling';
import { Bus, type Delivery, isOversized } from './bus.js';
import type { MemoryRegion } from './memory-region.js';

/** One node's end of the bus of a region in memory. Receives from its construction until `close`. */
export class MemoryBus extends Bus {
  readonly #listeners: ((from: NodeId, body: string) => void)[] = [];
  /** Receives nothing from now on, like the bus of a node that is gone. */
  readonly close: () => void;

  constructor(
    private readonly region: MemoryRegion,
    private readonly self: NodeId,
  ) {
    super();
    this.close = region.joinBus(self, (from, body) => {
      for (const listener of this.#listeners) listener(from, body);
    });
  }

  override send(to: NodeId, body: string): Promise<Delivery> {
    if (this.region.outage || isOversized(body)) return Promise.resolve('unavailable');
    return Promise.resolve(this.region.post(this.self, to, body) ? 'sent' : 'unreachable');
  }

  override onMessage(listener: (from: NodeId, body: string) => void): void {
    this.#listeners.push(listener);
  }
}
