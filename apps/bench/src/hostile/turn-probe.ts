import { writeFileSync } from 'node:fs';

// Loaded into a gateway (--import): reports the CPU time of the longest stretch in which its event loop served no client
// else. Unlike a latency it does not grow when other work has the machine's CPUs.

const file = process.env['BENCH_TURN_FILE'];
const LOOK_MS = 1;
const TELL_MS = 250;

if (file !== undefined && process.argv[1]?.endsWith('main.js') === true) {
  let lastMs = threadCpuMs();
  let longestMs = 0;
  setInterval(() => {
    longestMs = Math.max(longestMs, threadCpuMs() - lastMs);
    lastMs = threadCpuMs();
  }, LOOK_MS).unref();
  setInterval(() => {
    writeFileSync(`${file}.${process.pid}`, `${longestMs.toFixed(1)}\n`, { flag: 'a' });
    longestMs = 0;
    lastMs = threadCpuMs();
  }, TELL_MS).unref();
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
