import { parseArgs } from 'node:util';
import { GENEROUS, TestCluster, type Registration } from '@white-rabbit/testing';
import Table from 'cli-table3';
import { WebSocket } from 'ws';
import { registerFrame } from '../load/gateway-wire.js';
import { median } from '../load/statistics.js';
import { comparisons, type Comparison } from './comparisons.js';
import { distinguish } from './distinguish.js';

// npm run refusals: registers that get the same refusal, one at a time, by turns. If a client on the same machine, at a gateway
// without other work, cannot tell them apart by their times, one on the internet cannot.

const { values } = parseArgs({
  options: {
    /** Registers of each kind. */
    count: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});

const WARM_UP = 50;

interface Answer {
  readonly frame: string;
  readonly ms: number;
}

/** Registers on a new connection; the time is from the frame to the first answer. */
async function register(url: string, registration: Registration): Promise<Answer> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const answered = new Promise<Answer>((resolve, reject) => {
    socket.once('message', (data: Buffer) => {
      resolve({ frame: data.toString(), ms: performance.now() - sentMs });
    });
    socket.once('close', () => {
      reject(new Error('The gateway closed a connection without an answer.'));
    });
  });
  const sentMs = performance.now();
  socket.send(registerFrame(registration));
  const answer = await answered;
  socket.terminate();
  return answer;
}

async function refusalMs(url: string, registration: Registration, code: string): Promise<number> {
  const { frame, ms } = await register(url, registration);
  if (!frame.includes(`"code":"${code}"`)) throw new Error(`Expected the refusal ${code}.`);
  return ms;
}

async function compare(url: string, { code, names, registers, isPublic = false }: Comparison, count: number) {
  const times: [number[], number[]] = [[], []];
  for (let n = 0; n < 2 * (WARM_UP + count); n += 1) {
    // Pairs in either order, so that neither kind always follows the other.
    const kind = Math.floor(n / 2) % 2 === 0 ? n % 2 : 1 - (n % 2);
    const ms = await refusalMs(url, (kind === 0 ? registers[0] : registers[1])(), code);
    if (n >= 2 * WARM_UP) times[kind === 0 ? 0 : 1].push(ms);
  }
  return { code, names, isPublic, mediansMs: times.map(median), ...distinguish(...times) };
}

type Result = Awaited<ReturnType<typeof compare>>;

/** Whether the times say which of two kinds it was, although the client could not know by itself. */
function isRevealing({ distance, chance, isPublic }: Result): boolean {
  return distance > chance && !isPublic;
}

function verdictOf(result: Result): string {
  if (isRevealing(result)) return 'DIFFER';
  return result.distance > result.chance ? 'differ; a client knows without asking' : 'alike';
}

function print(results: readonly Result[]): void {
  const head = ['answer', 'first kind', 'second kind', 'medians, ms', 'distance', 'by chance', 'best guess', 'verdict'];
  const table = new Table({ style: { head: [], border: [] }, head });
  for (const result of results) {
    const medians = result.mediansMs.map((ms) => ms.toFixed(3)).join(', ');
    const guess = `${(result.guess * 100).toFixed(1)} %`;
    const distances = [result.distance, result.chance].map((distance) => distance.toFixed(3));
    table.push([result.code, ...result.names, medians, ...distances, guess, verdictOf(result)]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

const cluster = await TestCluster.start(1, { env: { ...GENEROUS, WR_SOURCE_REFUSALS: '0' } });
try {
  const { url } = cluster.gateway(0);
  const bind = async (registration: Registration) => {
    const { frame } = await register(url, registration);
    if (!frame.startsWith('{"event":"registered"')) throw new Error('A device could not be bound to its license.');
  };
  const results: Result[] = [];
  for (const comparison of await comparisons(cluster, bind)) {
    process.stderr.write(`${comparison.code}: ${comparison.names.join(' / ')}\n`);
    results.push(await compare(url, comparison, Number(values.count)));
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else print(results);
  if (results.some(isRevealing)) process.exitCode = 1;
} finally {
  await cluster.stop();
}
