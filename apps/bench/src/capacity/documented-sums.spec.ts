import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const PAGE = readFileSync(new URL('../../../../docs/capacity.md', import.meta.url), 'utf8');

/** Cells of the row that begins so, without the first. */
function row(name: string): string[] {
  const line = PAGE.split('\n').find((text) => text.startsWith(`| ${name}`));
  if (line === undefined) throw new Error(`docs/capacity.md has no row ${name}.`);
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

/** CPU seconds of gateway, Redis and PostgreSQL; bytes where the row has them. */
function cost(thing: string) {
  const [gateway, redis, postgres, gatewayBytes, redisBytes] = row(thing).map(amount);
  return { gateway, redis, postgres, gatewayBytes, redisBytes };
}

function amount(cell: string): number {
  const [number = '', unit = ''] = cell.split(' ');
  return Number(number) * ({ ms: 1e-3, µs: 1e-6, KB: 1024 }[unit] ?? 1);
}

// What was measured: 10,000 sessions at two gateways.
const MEASURED_SESSIONS = 10_000;
const MEASURED_GATEWAYS = 2;
const [back, leave, idle, across] = [
  cost('session that comes back'),
  cost('session that leaves'),
  cost('minute of an idle session'),
  cost('signal, at two gateways'),
];
const { gatewayBytes = 0, redisBytes = 0 } = cost('session, first register');

// What is assumed.
const SESSION_SECONDS = 7_200;
const FRAMES_OF_A_CALL = 26;
const SIGNALS_OF_A_CALL = 20;
const CONNECTIONS_OF_A_GATEWAY = 12_000;
const CORES_OF_A_PRIMARY = 0.5;
const HEARTBEAT_BYTES = 200;
const HEARTBEAT_SECONDS = 30;

function sums(sockets: number, regions: number) {
  const registers = sockets / SESSION_SECONDS;
  const calls = sockets / 3_600;
  const inEach = (each: number) => regions * Math.ceil(each);
  const busy = (of: 'gateway' | 'redis') => {
    const comings = registers * ((back[of] ?? 0) + (leave[of] ?? 0));
    return comings + (sockets / 60) * (idle[of] ?? 0) + calls * FRAMES_OF_A_CALL * (across[of] ?? 0);
  };
  const gateways = inEach(sockets / regions / CONNECTIONS_OF_A_GATEWAY) + regions;
  const poll = ((idle.postgres ?? 0) * MEASURED_SESSIONS) / 60 / MEASURED_GATEWAYS;
  return {
    'registers a second': registers,
    'calls a second': calls,
    'signals a second': calls * SIGNALS_OF_A_CALL,
    'gateway cores busy': busy('gateway'),
    'gateways of 12,000': gateways,
    'gateway memory for sessions': (sockets * gatewayBytes) / 1e9,
    'Redis cores busy': busy('redis'),
    'Redis primaries at half a core': inEach(busy('redis') / regions / CORES_OF_A_PRIMARY),
    'Redis memory': (sockets * redisBytes) / 1e9,
    'PostgreSQL cores busy': registers * ((back.postgres ?? 0) + (leave.postgres ?? 0)) + gateways * poll,
    'heartbeats on the wire': (sockets * HEARTBEAT_BYTES * 8) / HEARTBEAT_SECONDS / 1e6,
  };
}

const COLUMNS = [sums(1e4, 1), sums(1e6, 1), sums(1e8, 20)];

describe('The sums of docs/capacity.md', () => {
  it.each(Object.keys(COLUMNS[0] ?? {}) as (keyof ReturnType<typeof sums>)[])('hold: %s', (name) => {
    const documented = row(name).map((cell) => cell.split(' ')[0]?.replaceAll(',', '') ?? '');
    // As many decimal places as the page has.
    const counted = COLUMNS.map((column, i) => column[name].toFixed(documented[i]?.split('.')[1]?.length ?? 0));
    expect(counted).toEqual(documented);
  });
});
