import { describe, expect, it } from '@jest/globals';
import { eventually, REPOSITORY_ROOT, within, type GatewayProcess } from '@white-rabbit/testing';
import { Redis } from 'ioredis';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { GENEROUS, NODE_LOSS_MS, PRESENCE_MS } from './settings.js';

const PROGRAM = join(REPOSITORY_ROOT, 'apps/admin/dist/main.js');
const DRAIN_SECONDS = 30;
/** Time for the start of the program and its connections on a busy machine. Ms. */
const PROGRAM_MS = 30_000;

const cluster = useCluster(3, {
  env: { ...GENEROUS, WR_DRAIN_SECONDS: String(DRAIN_SECONDS), WR_REGION: 'eu', WR_POD: 'gateway-7d9f' },
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the operators' program against the cluster of the suite. */
function admin(...args: readonly string[]): Promise<Ended> {
  const [REDIS_URL, DATABASE_URL] = [cluster.redisUrlOf('wr-admin'), cluster.databaseUrlOf('wr_admin')];
  const env = { PATH: process.env['PATH'], REDIS_URL, DATABASE_URL };
  return new Promise((settle) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (_, out, err) => {
      settle({ code: child.exitCode, out, err });
    });
  });
}

interface Status {
  readonly healthy: boolean;
  readonly totals: Readonly<Record<string, number>>;
  readonly nodes: readonly { readonly node: string; readonly state: string; readonly sessions: number }[];
}

async function status(): Promise<Status> {
  const { code, out, err } = await admin('cluster', 'status', '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Status;
}

/** The node id of a gateway in the cluster. */
function nameOf(gateway: GatewayProcess): string {
  return String(gateway.logged('listening')[0]?.['node']);
}

describe('cluster status', () => {
  it('shows each gateway with its counts, without the one that was killed', async () => {
    const victim = await cluster.add();
    const at = cluster.gateways.length - 1;
    await Promise.all([0, 0, 1, at].map((place) => cluster.peer('peer', { at: place })));
    const gateways = [...cluster.gateways];
    const found = await eventually('all sessions are counted', async () => {
      const now = await status();
      return now.totals['sessions'] === 4 && now;
    });
    expect(new Set(found.nodes.map(({ node }) => node))).toEqual(new Set(gateways.map(nameOf)));
    expect(found).toMatchObject({
      healthy: true,
      redis: { state: 'up' },
      database: { state: 'up' },
      totals: { nodes: 4, draining: 0, sessions: 4, connections: 4 },
    });
    for (const node of found.nodes) {
      expect(node).toMatchObject({ region: 'eu', state: 'serving', database: 'up', version: expect.any(String) });
      expect(node).toMatchObject({ pod: 'gateway-7d9f', bus_lag_ms: expect.any(Number), redis_ms: expect.any(Number) });
    }

    await victim.kill('SIGKILL');
    const left = await eventually(
      'it is no longer shown',
      async () => {
        const now = await status();
        return now.totals['nodes'] === 3 && now;
      },
      { deadlineMs: NODE_LOSS_MS },
    );
    expect(left.nodes.map(({ node }) => node)).not.toContain(nameOf(victim));
  });

  it('prints a table for human readers', async () => {
    const { code, out } = await admin('cluster', 'status');
    expect(code).toBe(0);
    expect(out).toMatch(/^NODE +POD +REGION +STATE +LEASE +SESSIONS +SOCKETS/);
    for (const gateway of cluster.gateways.filter(({ process }) => process.exit === undefined))
      expect(out).toContain(nameOf(gateway));
    expect(out).toContain('license database up');
  });
});

describe('cluster drain', () => {
  it('has the effect of SIGTERM: unready, all closed with 1012 over the drain period, exit 0, and the operator sees the progress', async () => {
    const victim = await cluster.add();
    const at = cluster.gateways.length - 1;
    const peers = await Promise.all(Array.from({ length: 200 }, () => cluster.peer('peer', { at })));
    const [first] = peers;
    const watcher = await cluster.peer('watcher', { contacts: [first?.peer_id ?? ''] });
    await watcher.next('presence');

    const command = admin('cluster', 'drain', nameOf(victim), '--json');
    await eventually('it is asked to', () => victim.logged('draining').length > 0, { deadlineMs: PROGRAM_MS });
    const asked = performance.now();
    expect(await victim.health('readyz')).toBe(503);
    const closed = Promise.all(
      peers.map(async (peer) => ({
        ...(await peer.closed((DRAIN_SECONDS + 10) * 1_000)),
        ms: performance.now() - asked,
      })),
    );
    const meanwhile = (await status()).nodes.find(({ node }) => node === nameOf(victim));
    expect(meanwhile?.state).toBe('draining');

    const ends = await closed;
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1012]));
    // Spread over 30 s: the first second has at most three times its share.
    expect(ends.filter(({ ms }) => ms < 1_000).length).toBeLessThan((3 * peers.length) / DRAIN_SECONDS);
    expect(await watcher.next('presence', PRESENCE_MS)).toMatchObject({ data: { peers: [{ status: 'OFFLINE' }] } });
    expect(await within('it ends', 10_000, victim.exited)).toEqual({ code: 0, signal: null });

    const { code, out, err } = await command;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ node: nameOf(victim), delivered: true, left: true });
    expect(err).toContain('a new node');
    expect((await status()).nodes.map(({ node }) => node)).not.toContain(nameOf(victim));
    expect(await keptOf(nameOf(victim))).toEqual([]);
  }, 120_000);

  it('accepts a prefix of a node id, and can return without waiting', async () => {
    const victim = await cluster.add({ WR_DRAIN_SECONDS: '0' });
    const { code, out } = await admin('cluster', 'drain', nameOf(victim).slice(0, 8), '--no-wait');
    expect([code, out]).toEqual([0, 'The request was delivered.\n']);
    expect(await within('it ends', 10_000, victim.exited)).toEqual({ code: 0, signal: null });
  });

  it('reports it if the gateway ends before the drain is complete', async () => {
    const victim = await cluster.add({ WR_DRAIN_SECONDS: '60' });
    await cluster.peer('peer', { at: cluster.gateways.length - 1 });
    const command = admin('cluster', 'drain', nameOf(victim), '--json');
    // Its answer to the command is on its way when its log says "draining", and has arrived when its report does.
    const drains = async () =>
      (await status()).nodes.some((node) => node.node === nameOf(victim) && node.state === 'draining');
    await eventually('it drains', drains, { deadlineMs: PROGRAM_MS });
    await victim.kill('SIGKILL');
    const { code, out, err } = await command;
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`${nameOf(victim)} ended before its drain was complete`);
    // The other gateways detect it when they next renew their own leases.
    const isForgotten = async () => (await keptOf(nameOf(victim))).length === 0;
    await eventually('it is forgotten', isForgotten, { deadlineMs: NODE_LOSS_MS });
  });

  it('lists the running nodes if the given one is unknown', async () => {
    const { code, out, err } = await admin('cluster', 'drain', 'n-unknown');
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(nameOf(cluster.gateway(0)));
  });
});

describe('The last gateway of a cluster', () => {
  it('deletes everything that the cluster stored about its nodes', async () => {
    const running = cluster.gateways.filter(({ process }) => process.exit === undefined);
    await Promise.all(running.map((gateway) => gateway.stop()));
    expect(await keptOf('')).toEqual([]);
  });
});

/** The keys of the nodes in Redis: leases, and the index if there is one; only those that contain the text. */
async function keptOf(text: string): Promise<string[]> {
  const redis = new Redis(cluster.redisUrlOf('wr-operator'));
  try {
    const keys = (await redis.keys('*')).filter((key) => key.startsWith('wr:node'));
    const names = await redis.zrange('wr:nodes', 0, '-1');
    return [...keys, ...names].filter((name) => name.includes(text));
  } finally {
    redis.disconnect();
  }
}
