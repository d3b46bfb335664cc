import { readdir, readFile } from 'node:fs/promises';
import type { TestCluster } from '@white-rabbit/testing';
import type { Endpoint } from '../clients/world.js';

/** The gateways of a scenario: which run, what they report about themselves, and what they use. */
export class GatewayFleet {
  readonly #takenOut = new Set<number>();

  constructor(private readonly cluster: TestCluster) {}

  /** The gateways whose processes are running, by number. */
  get running(): readonly number[] {
    return [...this.cluster.gateways.keys()].filter((n) => this.cluster.gateway(n).process.exit === undefined);
  }

  /** Where the load balancer sends clients. */
  get endpoints(): readonly Endpoint[] {
    const open = this.running.filter((gateway) => !this.#takenOut.has(gateway));
    return open.map((gateway) => ({ gateway, url: this.cluster.gateway(gateway).url }));
  }

  /** The load balancer no longer sends clients there. */
  takeOut(gateway: number): void {
    this.#takenOut.add(gateway);
  }

  putBack(gateway: number): void {
    this.#takenOut.delete(gateway);
  }

  /** Asks all running gateways to end. */
  async stop(): Promise<void> {
    await Promise.all(this.running.map(async (n) => this.cluster.gateway(n).stop()));
  }

  /** Statuses of an endpoint; 0 for a gateway that does not answer. */
  statuses(path: 'livez' | 'readyz'): Promise<readonly number[]> {
    return Promise.all(
      this.running.map((n) =>
        this.cluster
          .gateway(n)
          .health(path)
          .catch(() => 0),
      ),
    );
  }

  async areReady(): Promise<boolean> {
    return (await this.statuses('readyz')).every((status) => status === 200);
  }

  /** The sum of a metric over all; `labels` as in the text, such as `{reason="version"}`. Default: with any labels. */
  async metric(name: string, labels = ''): Promise<number> {
    const texts = await Promise.all(this.running.map((n) => this.cluster.gateway(n).metrics()));
    const isSample = (line: string) => line.startsWith(`${name}${labels}`) && /^[ {]/.test(line.slice(name.length));
    const samples = texts.flatMap((text) => text.split('\n')).filter(isSample);
    return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** Resident memory of all. KiB. */
  async residentKiB(): Promise<number> {
    const statuses = await Promise.all(this.#pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8')));
    return statuses.reduce((sum, status) => sum + Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]), 0);
  }

  /** Open files and sockets of all. */
  async descriptors(): Promise<number> {
    const open = await Promise.all(this.#pids.map((pid) => readdir(`/proc/${pid}/fd`)));
    return open.reduce((sum, files) => sum + files.length, 0);
  }

  get #pids(): readonly number[] {
    return this.running.map((n) => this.cluster.gateway(n).pid);
  }
}
