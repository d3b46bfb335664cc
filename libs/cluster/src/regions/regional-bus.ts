import type { NodeId } from '@white-rabbit/signaling';
import { Bus, type Delivery } from '../bus.js';
import type { RemoteRegions } from './remote-regions.js';

/** Receives in the local region, and publishes in the region of the receiver. */
export class RegionalBus extends Bus {
  constructor(
    private readonly local: Bus,
    private readonly remotes: RemoteRegions,
  ) {
    super();
  }

  override send(to: NodeId, text: string): Promise<Delivery> {
    const remote = this.remotes.of(to);
    if (remote === undefined) return this.local.send(to, text);
    if (remote.reach !== 'reachable') return Promise.resolve('unavailable');
    return remote.engines.bus.send(to, text);
  }

  override onMessage(listener: (text: string) => void): void {
    this.local.onMessage(listener);
  }
}
