import { join, relative } from 'node:path';
import { migrate } from '@white-rabbit/license';
import { startEmbeddedPostgres } from '@white-rabbit/license/embedded';
import { DEBIAN, findProgram, howToInstall } from './debian-program.js';
import { GatewayProcess } from './gateway-process.js';
import { HaproxyProcess } from './haproxy-process.js';
import { installMissing } from './install-missing.js';
import { Licenses, type Issued } from './licenses.js';
import { RedisProcess } from './redis/redis-process.js';
import { REPOSITORY_ROOT } from './repository-root.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

/** First ports of the gateways and of their admin endpoints; each further gateway uses the next ones. */
const FIRST_PORT = 8081;
const FIRST_ADMIN_PORT = 9081;

/** Ports of HAProxy before the gateways: TLS for clients; its own health and metrics. */
const TLS_PORT = 8443;
const HAPROXY_ADMIN_PORT = 8404;

/** Certificate and key of this machine's cluster, within the checkout; created at the first start. */
const CLUSTER_TLS_DIR = '.data/cluster-tls';

/** Files of the embedded PostgreSQL, within the checkout. */
export const CLUSTER_DATA_DIR = '.data/cluster-postgres';

/** Devices of a development license: enough for all clients of a developer. */
const DEVELOPMENT_DEVICES = 10;

/** Drain of a gateway on a developer's machine, unless set. Seconds. */
const DRAIN_SECONDS = '3';

/** Settings of the developer's environment that the gateways do not get. */
const NOT_FOR_GATEWAYS = /^WR_(PORT|ADMIN_PORT|DATA_DIR|TEST_.*)$/;

/** Prefix of HAProxy's settings. */
const OF_HAPROXY = 'WR_HAPROXY_';

/** How clients reach the cluster over TLS. */
export interface TlsEndpoint {
  readonly url: string;
  /** The certificate that clients must trust, within the checkout. */
  readonly certificateFile: string;
}

/** PostgreSQL, Redis, gateways and a load balancer on this machine, for development. They end in reverse order. */
export class LocalCluster {
  readonly gateways: GatewayProcess[] = [];
  /** URL of Redis, once it runs. */
  redisUrl = '';
  readonly #say: (line: string) => void;
  readonly #stops: (readonly [what: string, stop: () => Promise<unknown>])[] = [];
  #started: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #tlsEndpoint: TlsEndpoint | undefined;

  /** @param say receives each progress message, one line at a time. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** HAProxy before all gateways; `undefined` if it is not installed. */
  get tlsEndpoint(): TlsEndpoint | undefined {
    return this.#tlsEndpoint;
  }

  /** Starts everything, and resolves with two development licenses. Call `stop` even if this fails. */
  start(gateways: number): Promise<readonly Issued[]> {
    const started = this.#startAll(gateways);
    this.#started = started;
    return started;
  }

  /** Drains the gateways, then ends Redis and PostgreSQL. Waits for processes that are still starting. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.allSettled([this.#started]);
    if (this.gateways.length > 0) this.#say('draining the gateways');
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    for (const [what, stop] of this.#stops.splice(0).reverse()) {
      this.#say(`ending ${what}`);
      await stop();
    }
  }

  async #startAll(gateways: number): Promise<readonly Issued[]> {
    const databaseUrl = await this.#step('PostgreSQL', () => this.#postgres());
    this.redisUrl = await this.#step('Redis', () => this.#redis());
    const keys = await this.#step('Licenses', () => issueTwo(databaseUrl));
    for (let index = 0; index < gateways && !this.#stopping; index += 1) {
      await this.#step(`Gateway ${index + 1} of ${gateways}`, () => this.#gateway(index, databaseUrl));
    }
    if (!this.#stopping) await this.#loadBalancer();
    return keys;
  }

  /** HAProxy is optional: if it is missing, clients can connect to the gateways directly. */
  async #loadBalancer(): Promise<void> {
    const [command, openssl] = await Promise.all([
      findProgram(DEBIAN.haproxy.program),
      findProgram(DEBIAN.openssl.program),
    ]);
    if (command === undefined || openssl === undefined) {
      const missing = command === undefined ? DEBIAN.haproxy : DEBIAN.openssl;
      this.#say(`No load balancer: ${howToInstall(missing)}`);
    } else if (this.gateways.some(({ speaksTls }) => speaksTls)) {
      this.#say('No load balancer: the gateways end TLS themselves.');
    } else {
      try {
        await this.#step('HAProxy', () => this.#haproxy(command, openssl));
      } catch (failure) {
        // Its port may be in use.
        this.#say(`No load balancer: ${failure instanceof Error ? failure.message : String(failure)}`);
      }
    }
  }

  async #haproxy(command: string, openssl: string): Promise<void> {
    const folder = join(REPOSITORY_ROOT, CLUSTER_TLS_DIR);
    const { pemFile, certificateFile } = await selfSignedCertificate(folder, openssl);
    const haproxy = await HaproxyProcess.start({
      command,
      pemFile,
      port: TLS_PORT,
      adminPort: HAPROXY_ADMIN_PORT,
      gateways: this.gateways.map(({ port }) => ({ port })),
      env: settings((name) => name.startsWith(OF_HAPROXY)),
      onLine: (line) => {
        // The end of the gateways and of HAProxy's worker is expected then.
        if (!this.#stopping) this.#say(`[haproxy] ${line}`);
      },
    });
    this.#stops.push(['HAProxy', () => haproxy.stop()]);
    this.#tlsEndpoint = { url: haproxy.url, certificateFile: relative(REPOSITORY_ROOT, certificateFile) };
  }

  async #step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    this.#say(`${what} …`);
    const result = await work();
    this.#say(`${what} ready (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    return result;
  }

  async #postgres(): Promise<string> {
    const given = process.env['DATABASE_URL'];
    const url = given ?? (await this.#embedded());
    await migrate(url);
    return url;
  }

  async #embedded(): Promise<string> {
    const postgres = await startEmbeddedPostgres({ dataDir: join(REPOSITORY_ROOT, CLUSTER_DATA_DIR) });
    this.#stops.push(['PostgreSQL', () => postgres.stop()]);
    return postgres.url;
  }

  async #redis(): Promise<string> {
    const given = process.env['REDIS_URL'];
    if (given !== undefined) return given;
    await installMissing([DEBIAN.redisServer], this.#say);
    const redis = await RedisProcess.start();
    this.#stops.push(['Redis', () => redis.stop()]);
    return redis.url;
  }

  async #gateway(index: number, databaseUrl: string): Promise<void> {
    const name = `gateway-${index + 1}`;
    const gateway = await GatewayProcess.start({
      name,
      env: {
        WR_DRAIN_SECONDS: DRAIN_SECONDS,
        ...settings((name) => !name.startsWith(OF_HAPROXY) && !NOT_FOR_GATEWAYS.test(name)),
        WR_PORT: String(FIRST_PORT + index),
        WR_ADMIN_PORT: String(FIRST_ADMIN_PORT + index),
        DATABASE_URL: databaseUrl,
        REDIS_URL: this.redisUrl,
      },
      onLine: (line) => {
        this.#say(`[${name}] ${line}`);
      },
    });
    this.gateways.push(gateway);
    void gateway.exited.then(({ code, signal }) => {
      if (!this.#stopping) this.#say(`[${name}] ended (${signal ?? `code ${code ?? 'unknown'}`}); the others go on`);
    });
  }
}

async function issueTwo(databaseUrl: string): Promise<readonly Issued[]> {
  const licenses = await Licenses.open(databaseUrl);
  try {
    return await licenses.issue({ count: 2, maxDevices: DEVELOPMENT_DEVICES });
  } finally {
    await licenses.close();
  }
}

/** The settings in this process's environment that `wants` selects. */
function settings(isWanted: (name: string) => boolean): Record<string, string> {
  const wanted = Object.entries(process.env).filter(([name]) => name.startsWith('WR_') && isWanted(name));
  return Object.fromEntries(wanted.map(([name, value]) => [name, value ?? '']));
}
