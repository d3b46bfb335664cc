import type { NodeId } from '@white-rabbit/signaling';
import { Bus, type Delivery, isOversized } from './bus.js';
import { Listeners } from './listeners.js';
import type { MemoryRegion } from './memory-region.js';

/** One node's end of the bus of a region in memory. Receives from its construction until `close`. */
export class MemoryBus extends Bus {
  readonly #listeners = new Listeners<[text: string]>();
  /** Receives nothing from now on, like the bus of a node that is gone. */
  readonly close: () => void;

  constructor(
    private readonly region: MemoryRegion,
    self: NodeId,
  ) {
    super();
    this.close = region.joinBus(self, (text) => {
      this.#listeners.notify(text);
    });
  }

  override send(to: NodeId, text: string): Promise<Delivery> {
    if (this.region.outage || isOversized(text)) return Promise.resolve('unavailable');
    return Promise.resolve(this.region.post(to, text) ? 'sent' : 'unreachable');
  }

  override onMessage(listener: (text: string) => void): void {
    this.#listeners.add(listener);
  }
}
