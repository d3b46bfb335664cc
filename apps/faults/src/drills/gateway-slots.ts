import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayProcess, type TestCluster } from '@white-rabbit/testing';
import { lastingPort } from './lasting-port.js';

/** How the gateways of a drill are started. */
export interface Release {
  /** Settings of every gateway. */
  readonly env: Readonly<Record<string, string>>;
  /** Program to run instead of the gateway. */
  readonly program?: string;
  /** Limit of open file descriptors. */
  readonly descriptors?: number;
}

/** A place for a gateway, with ports that stay the same when its process is replaced. */
export interface Slot {
  /** Such as `gateway-1`. */
  readonly name: string;
  readonly port: number;
  readonly adminPort: number;
  readonly logFile: string;
}

/**
 * The gateways of a drill, as an orchestrator manages them: start, restart, roll out a setting, roll back. They are
 * gateways of a `TestCluster` at the same numbers.
 */
export class GatewaySlots {
  readonly slots: readonly Slot[];
  readonly #cluster: TestCluster;
  readonly #earlier: Release[] = [];
  #release: Release;

  private constructor(cluster: TestCluster, slots: readonly Slot[], release: Release) {
    this.#cluster = cluster;
    this.slots = slots;
    this.#release = release;
  }

  /** Reserves ports; starts nothing. @param folder for the logs. */
  static async reserve(cluster: TestCluster, count: number, release: Release, folder: string): Promise<GatewaySlots> {
    const slots: Slot[] = [];
    for (let number = 1; number <= count; number += 1) {
      const name = `gateway-${number}`;
      const logFile = join(folder, `${name}.log`);
      appendFileSync(logFile, '');
      slots.push({ name, port: await lastingPort(), adminPort: await lastingPort(), logFile });
    }
    return new GatewaySlots(cluster, slots, release);
  }

  /** The slots that have had a gateway. */
  get used(): readonly Slot[] {
    return this.slots.slice(0, this.#cluster.gateways.length);
  }

  /** One line for each gateway: its state, its age and its port. */
  describe(): string {
    return this.used.map(({ name, adminPort }, index) => `${name} ${this.#state(index)} ${adminPort}`).join('\n');
  }

  /** How the process of a gateway ended, or that it runs; as JSON. */
  why(name: string): string {
    const { exit } = this.#cluster.gateway(this.#index(name)).process;
    return JSON.stringify(exit === undefined ? { Status: 'running' } : { Status: 'exited', ...exit });
  }

  /** Starts gateways until that many are running, or all slots are used. */
  async add(count: number): Promise<void> {
    const stopped = this.slots.map((_, index) => index).filter((index) => !this.#isRunning(index));
    const missing = count - (this.slots.length - stopped.length);
    // In order: a gateway has the number of its slot.
    for (const index of stopped.slice(0, Math.max(0, missing))) await this.#start(index);
  }

  /** Drains a gateway and starts it again; starts it if it has ended. */
  async restart(name: string): Promise<void> {
    const index = this.#index(name);
    await this.#cluster.gateway(index).stop();
    await this.#start(index);
  }

  /** Rolls out all gateways with a setting, `NAME=VALUE`. */
  async set(setting: string): Promise<void> {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(setting) ?? [];
    if (name === undefined || value === undefined) throw new Error(`${setting} is no setting.`);
    await this.rollOut({ ...this.#release, env: { ...this.#release.env, [name]: value } });
  }

  /** Rolls out another release. */
  async rollOut(release: Release): Promise<void> {
    this.#earlier.push(this.#release);
    this.#release = release;
    await this.#replaceAll();
  }

  /** Rolls out the release before the last one. `false`: there is none. */
  async rollBack(): Promise<boolean> {
    const earlier = this.#earlier.pop();
    if (earlier === undefined) return false;
    this.#release = earlier;
    await this.#replaceAll();
    return true;
  }

  async #replaceAll(): Promise<void> {
    for (const { name } of this.used) await this.restart(name);
  }

  async #start(index: number): Promise<void> {
    const slot = this.slots[index];
    if (slot === undefined) throw new Error(`There is no slot ${index}.`);
    const { env, ...release } = this.#release;
    this.#cluster.gateways[index] = await GatewayProcess.start({
      ...release,
      name: slot.name,
      env: {
        ...this.#cluster.env,
        ...env,
        WR_PORT: String(slot.port),
        WR_ADMIN_PORT: String(slot.adminPort),
      },
      onLine: (line) => {
        appendFileSync(slot.logFile, `${line}\n`);
      },
    });
  }

  #isRunning(index: number): boolean {
    const gateway = this.#cluster.gateways[index];
    return gateway !== undefined && gateway.process.exit === undefined;
  }

  #state(index: number): string {
    return this.#isRunning(index) ? 'running' : 'exited';
  }

  #index(name: string): number {
    const index = this.used.findIndex((slot) => slot.name === name);
    if (index < 0) throw new Error(`There is no gateway ${name}.`);
    return index;
  }
}
