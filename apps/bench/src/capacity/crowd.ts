import { newIdentity, type TestCluster } from '@white-rabbit/testing';
import { gatewayWire, registerFrame } from '../load/gateway-wire.js';
import { each, Sockets } from '../load/sockets.js';
import type { Client } from '../load/wire.js';

/** Sessions spread over all gateways of a cluster, that answer heartbeats and watch each other. */
export class Crowd {
  readonly #sockets: readonly Sockets[];
  #names: readonly string[] = [];

  constructor(private readonly cluster: TestCluster) {
    this.#sockets = cluster.gateways.map(({ url }) => new Sockets(url, gatewayWire));
  }

  /** Registers that many, each with that many contacts among the others, taken in turn; client i is at gateway i modulo their number. */
  async join(count: number, contactCount: number): Promise<readonly Client[]> {
    const licenses = await this.cluster.licenses.issue({ count });
    const people = Array.from({ length: count }, () => newIdentity('crowd'));
    this.#names = people.map((identity, index) => {
      const contacts = Array.from({ length: contactCount }, (_, n) => people[(index + n + 1) % count]?.peer_id ?? '');
      return registerFrame({ ...identity, license_key: licenses[index]?.license_key ?? '', contacts });
    });
    return this.comeBack();
  }

  /** Registers all clients that joined once more, from new sockets. */
  comeBack(): Promise<readonly Client[]> {
    const all = this.#names;
    return each(all.length, async (index) => {
      const sockets = this.#sockets[index % this.#sockets.length];
      if (!sockets) throw new Error('The cluster has no gateway.');
      return sockets.open(all[index] ?? '');
    });
  }

  /** Closes them all. */
  async leave(): Promise<void> {
    await Promise.all(this.#sockets.map((sockets) => sockets.close()));
  }
}
