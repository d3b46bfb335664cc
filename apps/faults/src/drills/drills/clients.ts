import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.js';
import type { DrillSite } from '../drill-site.js';
import { visit } from './traffic.js';

const frontIsAway = (site: DrillSite) => site.stopFront();

/** What clients do, or what happens to them. */
export const CLIENT_DRILLS: readonly Drill[] = [
  {
    alert: 'WrSessionsDropped',
    fault: 'the load balancer is stopped, and with it the connections of 120 clients',
    site: { front: true },
    inject: async (site) => {
      await site.sessionsThroughFront(120);
      await sleep(10_000);
      await frontIsAway(site);
    },
    shows: [
      ['cluster status', /NODE/],
      ['healthz', /^$/],
      ['openssl', /^/],
      ['wr_closes_total', /^wr_closes_total\{[^}]*code="1006"[^}]*\} [1-9]/m, /^wr_registers_total/m],
    ],
    fails: ['openssl'],
    repair: async (site) => {
      await site.startFront();
      await site.sessionsThroughFront(120);
      const { output } = await site.run('curl -si --max-time 5 "https://$WR_HOST/healthz" | head -1');
      if (!output.includes(' 200')) throw new Error(`The path is repaired, and healthz answers ${output}`);
    },
    // It would close the connections of all clients, which are back.
    otherCause: { wr_rollback: 'for another cause: a release' },
  },
  {
    alert: 'WrNoRegisters',
    fault: 'the load balancer is stopped while clients register',
    site: { front: true },
    inject: async (site) => {
      const until = performance.now() + 50_000;
      while (performance.now() < until) {
        await visit(site);
        await sleep(300);
      }
      await frontIsAway(site);
    },
    shows: [
      ['wr_registers_total', /^wr_registers_total\{[^}]*verdict="accepted"[^}]*\} [1-9]/m],
      ['cluster status', /NODE/],
    ],
    fails: ['openssl'],
    repair: async (site) => {
      await site.startFront();
      await visit(site);
    },
  },
  {
    alert: 'WrConnectionsLost',
    fault: '150 clients lose their network',
    inject: async (site) => {
      await site.sessions(150);
      await sleep(2_000);
      await site.cutClients();
    },
    shows: [
      ['wr_closes_total', /^wr_closes_total\{[^}]*code="1006"[^}]*\} 150$/m],
      ['wr_gateways', /gateway-1 running/],
      ['wr_last_log', /"event":"listening"/],
    ],
  },
  {
    alert: 'WrRegistersRefused',
    fault: 'clients guess license keys',
    inject: async (site) => {
      const valid = await site.cluster.licenseKey();
      for (let n = 0; n < 3; n += 1) site.repeat(100, () => visit(site, `${valid.slice(0, -1)}?`));
      return Promise.resolve();
    },
    shows: [
      ['wr_registers_total', /^wr_registers_total\{[^}]*verdict="license_invalid"[^}]*\} [1-9]/m],
      ['license list', /\w/],
    ],
    words: async (site) => {
      const key = await site.cluster.licenseKey();
      await site.cluster.licenses.revoke(key);
      return { LICENSE: key };
    },
  },
  {
    alert: 'WrSlowClients',
    fault: 'clients do not read what others send to them',
    site: { env: { WR_MAX_BUFFERED_BYTES: '200000' } },
    inject: async (site) => {
      site.repeat(200, () => floodOne(site));
      return Promise.resolve();
    },
    shows: [
      ['wr_slow_clients_total', /^wr_slow_clients_total\{[^}]*bound="connection"[^}]*\} [1-9]/m],
      ['cluster status', /NODE/],
    ],
  },
  {
    alert: 'WrUpgradesRefused',
    fault: 'clients connect faster than WR_CONNECT_RATE',
    site: { env: { WR_CONNECT_RATE: '2', WR_CONNECT_BURST: '5' } },
    inject: async (site) => {
      for (let n = 0; n < 4; n += 1) site.repeat(50, () => upgradeOnce(site.gateway().port));
      return Promise.resolve();
    },
    shows: [
      ['wr_connections', /^wr_upgrades_refused_total\{[^}]*status="503"[^}]*\} [1-9]/m],
      ['cluster status', /NODE/],
    ],
  },
  {
    alert: 'WrInternalFailures',
    fault: 'a release with a bug fails at each hangup',
    inject: async (site) => {
      await site.slots.rollOut({ env: site.env, program: site.release('failing-release.mjs') });
      const [caller, callee] = await site.cluster.pair();
      const call_id = await site.cluster.call(caller, callee);
      // The first scrape of a counter is no increase.
      site.repeat(1_000, () => caller.ask('hangup', { call_id }));
    },
    shows: [
      ['frame_failed', /"event":"frame_failed".*"error":"TypeError"/],
      ['wr_failures_total', /^wr_failures_total(?:\{[^}]*\})? [1-9]/m, /^wr_build_info\{/m],
    ],
  },
  {
    alert: 'WrHeapNearLimit',
    fault: 'a release with a memory leak fills 90 % of its heap',
    site: { gateways: 1 },
    inject: (site) =>
      site.slots.rollOut({
        env: { ...site.env, NODE_OPTIONS: '--max-old-space-size=400' },
        program: site.release('leaking-release.mjs'),
      }),
    shows: [
      ['nodejs_heap', /^nodejs_heap_size_used_bytes/m, /^nodejs_heap_size_limit_bytes/m, /^wr_sessions/m],
      ['cluster status', /NODE/],
    ],
    // The entry says to report a leak; what ends it is another release.
    repair: async (site) => {
      await site.slots.rollBack();
    },
  },
];

async function upgradeOnce(port: number): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/ws`, {
    headers: { 'sec-websocket-version': '13' },
    signal: AbortSignal.timeout(1_000),
  });
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.write('GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
  socket.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n');
  socket.write('Sec-WebSocket-Protocol: white-rabbit.v1\r\n\r\n');
  await sleep(20);
  socket.destroy();
}

/** A call whose callee stops reading while the caller sends more than may wait for it. */
async function floodOne(site: DrillSite): Promise<void> {
  const [caller, callee] = await site.cluster.pair();
  const call_id = await site.cluster.call(caller, callee);
  callee.socket.pause();
  const signal = { candidate: 'x'.repeat(50_000) };
  for (let n = 0; n < 200 && (await caller.ask('signal', { call_id, signal })).event === 'ack'; n += 1);
  callee.socket.terminate();
  await caller.close();
}
