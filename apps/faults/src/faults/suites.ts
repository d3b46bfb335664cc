import type { Row } from '../row.js';
import { suiteRow } from './suite.js';

const gateway = { folder: 'apps/gateway', ring: 'e2e' } as const;
const cluster = { folder: 'libs/cluster', ring: 'test' } as const;

/** The rows that test files hold at their stated size. */
export const SUITE_ROWS: readonly Row[] = [
  suiteRow(
    {
      number: 16,
      title: 'A client that never reads, while others send to it',
      promise: 'closed with 4002; the others are served',
    },
    { ...gateway, files: ['faults-gateway'], title: 'does not read' },
    { ...gateway, files: ['outgoing-buffers'] },
  ),
  suiteRow(
    {
      number: 18,
      title: 'Random and mutated frames, and violations of the WebSocket protocol',
      promise: 'the right code each; never a crash',
    },
    { ...gateway, files: ['abuse.e2e'], title: 'Frames|violates' },
  ),
  suiteRow(
    { number: 19, title: 'Abuse of upgrades; silent sockets', promise: 'the process runs; cut ≤ 12 s; capped' },
    { ...gateway, files: ['abuse.e2e'], title: 'invalid upgrade' },
    { ...gateway, files: ['sources'], title: 'unregistered' },
  ),
  suiteRow(
    { number: 20, title: 'A session beyond its limits', promise: 'limited and closed as the protocol says' },
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
    { ...cluster, files: ['empty-restart'], env: { WR_TEST_ROUTES: '200000' } },
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
      title: '400 nodes with 240,000 watched peers are lost at once',
      promise: 'reported ≤ 15 s; event loop blocked ≤ 50 ms',
    },
    { folder: 'libs/cluster', ring: 'faults', files: ['node-loss'] },
  ),
  suiteRow(
    {
      number: 30,
      title: 'Links between regions fail',
      promise: 'each region works on; heals; no peer twice for longer',
    },
    { ...gateway, files: ['regions'] },
    { ...cluster, files: ['regions.cluster', 'regions-model'] },
  ),
  suiteRow(
    {
      number: 31,
      title: '5,000 clients of two gateways reconnect without limits on connections',
      promise: 'registers never collapse; the back ends stay fast; all are back',
    },
    { folder: 'apps/gateway', ring: 'faults', files: ['reconnect-storm'] },
    { ...gateway, files: ['storm'] },
  ),
  suiteRow(
    {
      number: 32,
      title: '6,000 garbage registers; guesses of keys; one source with too many connections',
      promise: 'known devices register within 1 s throughout',
    },
    { ...gateway, files: ['sources'] },
  ),
  suiteRow(
    {
      number: 33,
      title: 'Clients that close and linger, send a FIN with a full window, or never read',
      promise: 'no false ack, no leaked socket, bounded memory',
    },
    { ...gateway, files: ['sockets-gone', 'abuse-memory'] },
  ),
];
