import { join } from 'node:path';
import { ManagedProcess, REPOSITORY_ROOT } from '@white-rabbit/testing';

/** How a flood is made. */
export interface FloodOptions {
  readonly port: number;
  /** Address that its connections come from: one of 127.0.0.0/8. */
  readonly source: string;
  readonly perSecond: number;
  /** Connections in all. */
  readonly count: number;
}

/** What it has done so far: connections tried, and upgrades answered with 101. */
export interface FloodReport {
  readonly attempts: number;
  readonly upgraded: number;
  readonly isOver: boolean;
}

const PROGRAM = join(REPOSITORY_ROOT, 'deploy/test/flood-client.mjs');

/** Time limit for all connections of a flood. Milliseconds. */
const DEADLINE_MS = 60_000;

/** A process that asks for WebSockets at a steady rate and keeps those it gets. */
export class Flood {
  readonly #process: ManagedProcess;

  constructor({ port, source, perSecond, count }: FloodOptions) {
    const args = [PROGRAM, port, source, perSecond, count].map(String);
    this.#process = new ManagedProcess({ name: 'flood', command: process.execPath, args });
  }

  /** The first report for which `isIt` holds. */
  report(isIt: (report: FloodReport) => boolean): Promise<FloodReport> {
    return this.#process.line((line) => {
      const report = JSON.parse(line) as FloodReport;
      return isIt(report) ? report : undefined;
    }, DEADLINE_MS);
  }

  /** Ends it, and with it its connections. */
  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
