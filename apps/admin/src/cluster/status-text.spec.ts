import { describe, expect, test } from '@jest/globals';
import type { NodeReport } from '@white-rabbit/cluster';
import type { ClusterStatus } from './cluster-status.js';
import { statusJson } from './status-json.js';
import { statusText } from './status-text.js';

const NOW = new Date('2026-05-06T12:30:45Z');
const REPORT: NodeReport = {
  state: 'serving',
  region: 'eu',
  version: '1.2.3',
  pod: 'gw-1',
  uptimeSeconds: 3_600,
  sessions: 1_200,
  connections: 1_201,
  database: 'up',
  busLagMs: 0.74,
  redisMs: 1,
};
const { pod: _pod, ...WITHOUT_POD } = REPORT;
const WELL: ClusterStatus = {
  redis: { state: 'up', ms: 0.44 },
  database: { state: 'up', ms: 1.26 },
  gateways: [
    { node: 'nAAAA', leaseAgeMs: 1_234, report: REPORT },
    { node: 'nBBBB', leaseAgeMs: 0, report: { ...WITHOUT_POD, state: 'draining', sessions: 1, connections: 1 } },
    { node: 'nCCCC', leaseAgeMs: 2_000 },
  ],
  problems: [],
};

describe('statusText', () => {
  test('prints a table, the sums and both back ends', () => {
    expect(statusText(WELL, NOW)).toBe(
      [
        'NODE   POD   REGION  STATE     LEASE  SESSIONS  SOCKETS  BUS     REDIS   DATABASE  UP SINCE           VERSION',
        'nAAAA  gw-1  eu      serving   1.2 s  1200      1201     0.7 ms  1.0 ms  up        2026-05-06 11:30Z  1.2.3',
        'nBBBB  –     eu      draining  0.0 s  1         1        0.7 ms  1.0 ms  up        2026-05-06 11:30Z  1.2.3',
        'nCCCC  –     –       unknown   2.0 s  –         –        –       –       –         –                  –',
        '',
        '3 nodes (1 draining), 1201 sessions, 1202 sockets',
        'Redis up (0.4 ms), license database up (1.3 ms), as seen from here',
        '',
      ].join('\n'),
    );
  });

  test('ends with the problems and prints no counts if the gateways are unknown', () => {
    const down = { redis: { state: 'down' }, database: { state: 'unset' }, problems: ['Redis is away.'] } as const;
    const end = 'Redis DOWN, license database not set, as seen from here\n! Redis is away.\n';
    expect(statusText({ ...down, gateways: undefined }, NOW)).toBe(end);
    expect(statusText({ ...down, gateways: [] }, NOW)).toBe(`0 nodes, 0 sessions, 0 sockets\n${end}`);
  });

  test.each([
    [
      109,
      'NODE   POD   REGION  STATE     LEASE  SESSIONS  SOCKETS  BUS     REDIS   DATABASE  UP SINCE           VERSION',
    ],
    [108, 'NODE   POD   REGION  STATE     LEASE  SESSIONS  SOCKETS  BUS     REDIS   DATABASE  UP SINCE'],
    [86, 'NODE   POD   REGION  STATE     LEASE  SESSIONS  SOCKETS  BUS     REDIS   DATABASE'],
    [55, 'NODE   STATE     LEASE  SESSIONS  BUS     DATABASE'],
    [40, 'NODE   STATE     SESSIONS  DATABASE'],
    [1, 'NODE'],
  ])('leaves out the least important columns if a line has %i characters', (width, head) => {
    expect(statusText(WELL, NOW, width).split('\n')[0]).toBe(head);
  });
});

test('statusJson has null counts if the gateways are unknown', () => {
  expect(statusJson({ ...WELL, gateways: undefined })).toMatchObject({
    totals: { nodes: null, draining: null, sessions: null, connections: null },
    nodes: [],
  });
});

test('statusJson has every field, null if its value is unknown', () => {
  const json = statusJson({ ...WELL, problems: ['x'], database: { state: 'down' } });
  expect(json).toMatchObject({
    healthy: false,
    problems: ['x'],
    redis: { state: 'up', ms: 0.4 },
    database: { state: 'down', ms: null },
    totals: { nodes: 3, draining: 1, sessions: 1_201, connections: 1_202 },
  });
  expect(json.nodes[0]).toEqual({
    node: 'nAAAA',
    pod: 'gw-1',
    region: 'eu',
    state: 'serving',
    lease_age_seconds: 1.2,
    sessions: 1_200,
    connections: 1_201,
    bus_lag_ms: 0.74,
    redis_ms: 1,
    database: 'up',
    uptime_seconds: 3_600,
    version: '1.2.3',
  });
  expect(Object.keys(json.nodes[2] ?? {})).toEqual(Object.keys(json.nodes[0] ?? {}));
  expect(json.nodes[2]).toMatchObject({ state: 'unknown', database: 'unknown', sessions: null });
});
