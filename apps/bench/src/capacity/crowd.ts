import { randomUUID } from 'node:crypto';
import type { TestCluster } from '@white-rabbit/testing';
import { gatewayWire, received } from '../load/gateway-wire.js';
import { each, Sockets } from '../load/sockets.js';
import type { Client } from '../load/wire.js';
import { population } from './population.js';

/** Sessions spread over all gateways of a cluster, that answer heartbeats and watch each other. */
export class Crowd {
  readonly #sockets: readonly Sockets[];
  #names: readonly string[] = [];

  constructor(private readonly cluster: TestCluster) {
    this.#sockets = cluster.gateways.map(({ url }) => new Sockets(url, gatewayWire));
  }

  /**
   * Registers that many, each with that many contacts drawn from all others; client i is at gateway i modulo their number.
   */
  async join(count: number, contactCount: number): Promise<readonly Client[]> {
    this.#names = await population(this.cluster, count, contactCount);
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

  /** Each client adds so many contacts that are offline and that no other client has; resolves when all are answered. */
  async watchOffline(clients: readonly Client[], count: number): Promise<void> {
    const sockets = clients.map(({ socket }) => socket).values();
    await each(clients.length, async () => {
      const socket = sockets.next().value;
      if (socket === undefined) return;
      const add = Array.from({ length: count }, () => `peer-${randomUUID()}`);
      const answered = received(socket, 'presence');
      socket.send(JSON.stringify({ event: 'contacts', data: { add } }));
      await answered;
    });
  }

  /** Closes them all. */
  async leave(): Promise<void> {
    await Promise.all(this.#sockets.map((sockets) => sockets.close()));
  }
}
