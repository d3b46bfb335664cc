import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';

// Asks Redis (first argument) and PostgreSQL (second argument) something every 50 ms, as another user of them would. A
// process of its own, so that it measures the back ends and not the event loop of the test. Prints the p99 of both in ms as
// one line of JSON at SIGTERM.

const [redisUrl, databaseUrl] = process.argv.slice(2);
const redis = new Redis(redisUrl);
const database = new pg.Client(databaseUrl);
await database.connect();

const latenciesMs = { redis: [], database: [] };

async function probe(name, ask) {
  for (;;) {
    const startMs = performance.now();
    await ask();
    latenciesMs[name].push(performance.now() - startMs);
    await sleep(50);
  }
}

const p99 = (all) => all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)];

void probe('redis', () => redis.ping());
void probe('database', () => database.query('select 1'));
process.on('SIGTERM', () => {
  process.stdout.write(
    `${JSON.stringify({ redis: p99(latenciesMs.redis), database: p99(latenciesMs.database) })}\n`,
    () => process.exit(),
  );
});
