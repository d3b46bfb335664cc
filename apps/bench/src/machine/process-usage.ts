import { readdirSync, readFileSync } from 'node:fs';
import { sum } from '../load/statistics.js';

/** Linux counts CPU time in ticks of 10 ms, whatever the kernel's own. */
const TICK_MS = 10;

/** CPU time of a thread, ms. */
export interface ThreadUsage {
  readonly userMs: number;
  readonly systemMs: number;
}

/** CPU time that a process has used so far, user and system, all threads that still run, ms. From /proc. */
export function cpuMs(pid: number): number {
  // In nanoseconds, where /proc/PID/stat has ticks.
  return sum(threads(pid).map((thread) => schedule(`${pid}/task/${thread}`)[0]));
}

/** The process that started this one. From /proc. */
export function parentOf(pid: number): number {
  return Number(statFields(String(pid))[1]);
}

/** CPU time of the children of a process that have ended and that it has waited for, in steps of 10 ms. From /proc. */
export function endedChildrenCpuMs(pid: number): number {
  const fields = statFields(String(pid));
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

/** Time that the main thread of a process was ready to run and had no CPU, so far, ms. From /proc. */
export function waitedMs(pid: number): number {
  return schedule(String(pid))[1];
}

/** CPU time of each thread of a process so far, in steps of 10 ms. The main thread's id is that of the process. */
export function threadUsage(pid: number): ReadonlyMap<number, ThreadUsage> {
  return new Map(threads(pid).map((thread) => [thread, ticks(`${pid}/task/${thread}`)]));
}

/** Resident memory of a process, bytes. From /proc. */
export function rssBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}

function threads(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).map(Number);
}

function schedule(task: string): readonly [ranMs: number, waitedMs: number] {
  const [ranNs, waitedNs] = readFileSync(`/proc/${task}/schedstat`, 'utf8').split(' ');
  return [Number(ranNs) / 1e6, Number(waitedNs) / 1e6];
}

function ticks(task: string): ThreadUsage {
  const fields = statFields(task);
  return { userMs: Number(fields[11]) * TICK_MS, systemMs: Number(fields[12]) * TICK_MS };
}

/** From the third on: state, ppid, …; utime, stime, cutime and cstime are the 14th to 17th. */
function statFields(task: string): readonly string[] {
  const stat = readFileSync(`/proc/${task}/stat`, 'utf8');
  // The name in brackets may hold blanks.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
