import type { NodeId } from '@white-rabbit/signaling';
import { regionOf } from './region-of.js';
import type { RemoteRegion } from './remote-region.js';

/** The other regions, by name. */
export class RemoteRegions {
  readonly #byName: ReadonlyMap<string, RemoteRegion>;

  constructor(readonly all: readonly RemoteRegion[]) {
    this.#byName = new Map(all.map((remote) => [remote.name, remote]));
  }

  /** The region of a node; `undefined`: this one. */
  of(node: NodeId): RemoteRegion | undefined {
    return this.#byName.get(regionOf(node));
  }
}
