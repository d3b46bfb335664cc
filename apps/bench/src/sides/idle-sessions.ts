import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WireName } from './wires.js';

const PROGRAM = fileURLToPath(new URL('./idle-sessions-program.js', import.meta.url));

/** Which clients to register, at the nodes in turn. */
export interface IdleOrder {
  readonly wire: WireName;
  readonly urls: readonly string[];
  readonly names: readonly string[];
}

/** An order with the loopback address to connect from. */
export interface SourcedOrder extends IdleOrder {
  readonly source: string;
}

/** 127.0.0.1 is the address of the servers. */
const FIRST_SOURCE = 2;

/** Registered clients that only answer heartbeats. A process of its own holds them: its files and its garbage are not the load generator's. */
export class IdleSessions {
  /**
   * Processes so far, of all servers. Each has an address of its own: a socket with a source address gets its port before
   * the kernel knows the server, so two servers' sessions from one address take the same 28,000 ports.
   */
  static #count = 0;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves when all are registered. @throws Error if one is refused. */
  static async open(order: IdleOrder): Promise<IdleSessions> {
    const child = fork(PROGRAM, { execArgv: [] });
    const failed = once(child, 'exit').then(() => {
      throw new Error(`The idle sessions of ${order.wire} could not register.`);
    });
    const source = `127.0.0.${FIRST_SOURCE + (IdleSessions.#count % 250)}`;
    IdleSessions.#count += 1;
    child.send({ ...order, source } satisfies SourcedOrder);
    await Promise.race([once(child, 'message'), failed]);
    failed.catch(() => undefined);
    return new IdleSessions(child);
  }

  /** Ends the process, and with it the connections. */
  async close(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
