import { setTimeout as sleep } from 'node:timers/promises';
import { rssBytes } from './process-usage.js';
import type { RunningSide } from './side.js';

/** What one idle session costs a side in memory. */
export interface IdleFigures {
  readonly name: string;
  readonly bytesPerSession: number;
}

/** What was garbage when the last session came is collected by then. */
const SETTLE_MS = 5_000;

/** Resident memory for one of that many idle sessions. Each side must be fresh: memory once taken is not given back. */
export async function idleBench(side: RunningSide, sessions: number): Promise<IdleFigures> {
  await sleep(SETTLE_MS);
  const before = rssBytes(side.pid);
  await side.idle(sessions);
  await sleep(SETTLE_MS);
  const bytesPerSession = (rssBytes(side.pid) - before) / sessions;
  await side.disconnect();
  return { name: side.name, bytesPerSession };
}
