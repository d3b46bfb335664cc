// A release with a memory leak: it fills 90 % of its heap and keeps it.
import { clearInterval, setInterval } from 'node:timers';
import { getHeapStatistics } from 'node:v8';

const PART = 0.9;
const NUMBERS_A_STEP = 100_000;
const EVERY_MS = 10;
const leaked = [];

const step = setInterval(() => {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used < PART * limit) leaked.push(new Array(NUMBERS_A_STEP).fill(leaked.length));
}, EVERY_MS);
process.once('SIGTERM', () => clearInterval(step));

await import('../../../gateway/dist/main.js');
