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
  /** Loopback address to connect from. */
  readonly source: string;
}

/** Registered clients that only answer heartbeats. A process of its own holds them: its files and its garbage are not the load generator's. */
export class IdleSessions {
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
    child.send(order);
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
