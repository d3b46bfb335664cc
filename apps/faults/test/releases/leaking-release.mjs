// A release with a memory leak: it fills 90 % of its heap and keeps it.
import { getHeapStatistics } from 'node:v8';

const PART = 0.9;
const STRINGS_A_STEP = 20_000;
const leaked = [];

const step = setInterval(() => {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  if (used > PART * limit) clearInterval(step);
  else for (let n = 0; n < STRINGS_A_STEP; n += 1) leaked.push({ n, text: `${n}-${leaked.length}` });
}, 10);

await import('../../../gateway/dist/main.js');
process.once('exit', () => leaked.length);
