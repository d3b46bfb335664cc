import type { Row } from '../row.js';
import { suiteRow } from './suite.js';

const gateway = { folder: 'apps/gateway', ring: 'e2e' } as const;
const cluster = { folder: 'libs/cluster', ring: 'test' } as const;

/** The rows that test files hold at their stated size. */
export const SUITE_ROWS: readonly Row[] = [
  suiteRow(
    {
      number: 16,
      title: 'A client that never reads, while 100 peers send to it',
      promise: 'closed with 4002 at ≤ 1 MiB; the p99 of others stays within 2 times',
    },
    { ...gateway, files: ['slow-reader'], env: { WR_TEST_SENDERS: '100', WR_TEST_SLOW_READERS: '5' } },
    { ...gateway, files: ['outgoing-buffers'] },
  ),
  suiteRow(
    {
      number: 18,
      title: '10,000 random and mutated frames, before and after register; violations of the WebSocket protocol',
      promise: 'the right code each; never a crash; memory flat',
    },
    { ...gateway, files: ['abuse.e2e'], title: 'Frames|violates', env: { WR_TEST_FRAMES: '10000' } },
  ),
  suiteRow(
    {
      number: 19,
      title: 'Abuse of upgrades; 2,000 sockets that never register',
      promise: 'the process runs; headers cut ≤ 10 s, sockets that never register between 10 and 11 s; a cap on them',
    },
    { ...gateway, files: ['abuse.e2e'], title: 'invalid upgrade' },
    { ...gateway, files: ['silent-sockets'], env: { WR_TEST_SOCKETS: '2000' } },
    { ...gateway, files: ['sources'], title: 'unregistered' },
  ),
  suiteRow(
    {
      number: 20,
      title: 'Sessions that send 2,000 signals a second; other limits',
      promise: 'limited and closed as the protocol says; the p99 of others stays within 2 times',
    },
    { ...gateway, files: ['signal-flood'], env: { WR_TEST_FLOOD_ROUNDS: '5' } },
    { ...gateway, files: ['protocol-limits', 'pings'] },
  ),
  suiteRow(
    {
      number: 21,
      title: 'Impersonation: ids, keys and calls of others',
      promise: 'refused with the right code; the victim sees nothing',
    },
    { ...gateway, files: ['protocol-license', 'protocol-transfer'] },
    { folder: 'apps/conformance', ring: 'e2e', files: ['conformance'] },
  ),
  suiteRow(
    { number: 22, title: 'File descriptors run out', promise: 'sockets stay; new ones are refused; recovers' },
    { ...gateway, files: ['descriptors'] },
  ),
  suiteRow(
    { number: 26, title: 'Canary texts on every path', promise: 'found nowhere; Redis is empty at the end' },
    { ...gateway, files: ['privacy', 'log-of-faults'] },
  ),
  suiteRow(
    {
      number: 27,
      title: 'Empty restart of a Redis with 200,000 routes',
      promise: 'no false OFFLINE; all right ≤ 10 s',
    },
    { ...cluster, files: ['empty-restart'], env: { WR_TEST_ROUTES: '200000', WR_TEST_RECOVERED_MS: '60000' } },
  ),
  suiteRow(
    {
      number: 28,
      title: 'Redis Cluster: slots are moved; a primary is lost for 70 s, with and without fail-over',
      promise: 'nothing lost in silence; no false OFFLINE; peers of other primaries notice nothing',
    },
    { folder: 'apps/gateway', ring: 'faults', files: ['resharding', 'primary-loss'] },
  ),
  suiteRow(
    {
      number: 29,
      title: '400 nodes with 240,000 watched peers are lost at once; a whole region is lost',
      promise:
        'reported ≤ 15 s; event loop of the node that watches blocked ≤ 50 ms; a region that is alone keeps presence, calls and signals within it',
    },
    { folder: 'libs/cluster', ring: 'faults', files: ['node-loss'] },
    { ...gateway, files: ['regions'], title: 'lose only' },
  ),
  suiteRow(
    {
      number: 30,
      title: 'Links between regions fail',
      promise: 'each region works on; heals ≤ 10 s; no peer twice for longer',
    },
    { ...gateway, files: ['regions'] },
    { ...cluster, files: ['regions.cluster', 'regions-model'] },
  ),
  suiteRow(
    {
      number: 31,
      title: '12,000 clients come back while the database has half of the speed they need; 5,000 without limits',
      promise: 'registers ≥ 90 % of what the database allows, all in ≤ 90 s; they never collapse; back ends stay fast',
    },
    { folder: 'apps/gateway', ring: 'faults', files: ['slow-database'] },
    { folder: 'apps/gateway', ring: 'faults', files: ['reconnect-storm'] },
    { ...gateway, files: ['storm'] },
  ),
  suiteRow(
    {
      number: 32,
      title: '6,000 garbage registers; guesses of keys, a stolen key; one source with 2,000 connections a second',
      promise: 'known devices and the owner of the stolen key register within 1 s throughout',
    },
    { ...gateway, files: ['sources'] },
    { ...gateway, files: ['protocol-limits'], title: 'refused' },
  ),
  suiteRow(
    {
      number: 33,
      title: 'Clients that close and linger, send a FIN with a full window, ping without end; 1,500 that never read',
      promise: 'no false ack, no leaked socket, bounded memory; frames of one chunk are limited',
    },
    { ...gateway, files: ['sockets-gone', 'abuse-memory', 'pings'] },
    { folder: 'apps/gateway', ring: 'test', files: ['one-chunk'] },
    { ...gateway, files: ['never-reading'], env: { WR_TEST_READERS: '1500' } },
  ),
  suiteRow(
    {
      number: 34,
      title: 'A hostile gateway: proofs replayed, fingerprints swapped, signals removed or reordered',
      promise: 'the call is refused before any text is sent',
    },
    { folder: 'libs/client', ring: 'e2e', files: ['hostile-gateway'] },
  ),
];
