import { describe, expect, it } from '@jest/globals';
import { cpuMs, rssBytes, threadUsage } from './process-usage.js';

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

  it('has resident memory in bytes', () => {
    expect(rssBytes(process.pid)).toBeGreaterThan(10 * 2 ** 20);
  });
});
