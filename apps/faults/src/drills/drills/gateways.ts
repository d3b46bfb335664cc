import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.js';
import type { DrillSite } from '../drill-site.js';

const running = (site: DrillSite) => site.cluster.gateways.filter(({ process }) => process.exit === undefined);

/** Gateways that are killed, suspended, stopped or full. */
export const GATEWAY_DRILLS: readonly Drill[] = [
  {
    alert: 'WrNoneScraped',
    fault: 'all gateways are killed (SIGKILL)',
    isShort: true,
    inject: async (site) => {
      // The rule needs gateways that were there before.
      await sleep(2_000);
      await Promise.all(running(site).map((gateway) => gateway.kill()));
    },
    shows: [
      ['wr_gateways', /gateway-1 exited/, /gateway-2 exited/],
      ['wr_ask "$GATEWAY" livez', /fetch failed/],
      // No line that says how it ended: it was killed.
      ['wr_last_log', /"event":"listening"(?![^]*"event":"(?:start_failed|crashed|stopped)")/],
      ['wr_why', /"signal":"SIGKILL"/],
    ],
    fails: ['wr_ask "$GATEWAY" livez'],
  },
  {
    alert: 'WrAllStopped',
    fault: 'all gateways are drained and stopped (SIGTERM)',
    // The drain takes long enough to be scraped.
    site: { env: { WR_DRAIN_DELAY_SECONDS: '3' } },
    inject: async (site) => {
      await sleep(2_000);
      await Promise.all(running(site).map((gateway) => gateway.stop()));
    },
    shows: [['wr_gateways', /gateway-1 exited/, /gateway-2 exited/]],
  },
  {
    alert: 'WrManyNodesUnready',
    fault: 'two of three gateways are killed (SIGKILL)',
    site: { gateways: 3 },
    inject: async (site) => {
      await sleep(2_000);
      await Promise.all([site.gateway(0).kill(), site.gateway(1).kill()]);
    },
    shows: [
      ['wr_gateways', /gateway-1 exited/, /gateway-2 exited/, /gateway-3 running/],
      ['cluster status', /NODE/],
      ['readyz', /fetch failed/],
      ['wr_why', /"signal":"SIGKILL"/],
    ],
    fails: ['readyz'],
  },
  {
    alert: 'WrNoScrape',
    fault: 'a gateway is killed (SIGKILL)',
    inject: (site) => site.gateway().kill(),
    shows: [
      ['livez', /fetch failed/],
      ['wr_last_log', /"event":"listening"(?![^]*"event":"(?:crashed|stopped)")/],
      ['wr_why', /"signal":"SIGKILL"/],
    ],
    fails: ['livez'],
  },
  {
    alert: 'WrNodeDead',
    fault: 'a gateway is killed (SIGKILL), and its lease expires',
    inject: async (site) => {
      const [alice, bob] = await site.cluster.pair(1);
      await site.cluster.call(alice, bob);
      await site.gateway().kill();
    },
    shows: [
      ['wr_gateways', /gateway-1 exited/, /gateway-2 running/],
      ['wr_last_log', /"event":"listening"/],
      ['wr_why', /"signal":"SIGKILL"/],
    ],
  },
  {
    alert: 'WrConnectionsNearCap',
    fault: 'a gateway has 19 of at most 20 connections',
    site: { env: { WR_MAX_CONNECTIONS: '20' } },
    inject: (site) => site.sessions(19),
    shows: [
      ['cluster status', /SOCKETS/, /\b19\b/],
      ['wr_connections', /^wr_connections(?:\{[^}]*\})? 19$/m, /^wr_connections_limit(?:\{[^}]*\})? 20$/m],
    ],
    // The cap is that of WR_MAX_CONNECTIONS, so no line says that descriptors lowered it.
    fails: ['few_descriptors'],
  },
  {
    alert: 'WrEventLoopLag',
    fault: 'a gateway does not get the CPU: it is suspended for 0.35 s, again and again',
    inject: async (site) => {
      site.repeat(250, async () => {
        // Shorter than a scrape may take, and one in each interval between two of them.
        site.gateway().pause();
        await sleep(350);
        site.gateway().resume();
      });
      return Promise.resolve();
    },
    shows: [
      ['nodejs_eventloop', /^nodejs_eventloop_lag_p99_seconds(?:\{[^}]*\})? 0\.[2-9]/m, /^process_cpu_seconds_total/m],
      ['stalled', /^$/],
    ],
    // Only stalls that are longer than these are logged.
    fails: ['stalled'],
  },
  {
    alert: 'WrDescriptorsNearLimit',
    fault: 'clients open sockets and send nothing, until nearly all of 2,000 descriptors are used',
    site: { descriptors: 2_000, env: { WR_MAX_CONNECTIONS: '20000' } },
    inject: async (site) => {
      // The gateway closes them after 8 s; the next ones follow before.
      for (const afterMs of [0, 2_500, 5_000]) {
        await sleep(afterMs && 2_500);
        site.repeat(500, () => openSilent(site.gateway().port, 1_900, 7_000));
      }
    },
    shows: [
      ['process_open_fds', /^process_open_fds(?:\{[^}]*\})? 1[89]\d\d$/m, /^process_max_fds(?:\{[^}]*\})? 2000$/m],
      ['few_descriptors', /"event":"few_descriptors"/],
    ],
  },
];

/** Opens TCP connections that send nothing, keeps them for some milliseconds, and resets them. */
async function openSilent(port: number, count: number, keptMs: number): Promise<void> {
  const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1' }));
  for (const socket of sockets) socket.on('error', () => undefined);
  await sleep(keptMs);
  for (const socket of sockets) socket.resetAndDestroy();
}
