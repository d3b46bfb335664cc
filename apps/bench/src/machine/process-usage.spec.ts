import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpuMs, endedChildrenCpuMs, parentOf, rssBytes, threadUsage } from './process-usage.js';

describe('The usage of a process in /proc', () => {
  it('counts the CPU time that this process uses', () => {
    const before = cpuMs(process.pid);
    const endMs = performance.now() + 30;
    while (performance.now() < endMs);
    expect(cpuMs(process.pid)).toBeGreaterThan(before);
  });

  it('has an entry for the main thread and for each helper thread', () => {
    const threads = threadUsage(process.pid);
    expect(threads.get(process.pid)?.userMs).toBeGreaterThan(0);
    expect(threads.size).toBeGreaterThan(1);
  });

  it('has the parent, and the CPU time of children that have ended', () => {
    const before = endedChildrenCpuMs(process.pid);
    spawnSync('sh', ['-c', 'n=0; while [ $n -lt 200000 ]; do n=$((n + 1)); done']);
    expect(endedChildrenCpuMs(process.pid)).toBeGreaterThan(before);
    expect(parentOf(process.pid)).toBe(process.ppid);
  });

  it('has resident memory in bytes', () => {
    expect(rssBytes(process.pid)).toBeGreaterThan(10 * 2 ** 20);
  });
});
