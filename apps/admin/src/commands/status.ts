import type { CommandContext, CommonOptions } from '../command-context.js';
import { UsageFailure } from '../command-failure.js';
import { exitCodeFor, type ExitCode } from '../exit-codes.js';
import type { ClusterStatus, StatusSource } from '../cluster/cluster-status.js';
import { DatabaseProbe } from '../cluster/database-probe.js';
import { findRedis } from '../cluster/find-redis.js';
import { GatewaySource } from '../cluster/gateway-source.js';
import { openCluster } from '../cluster/open-cluster.js';
import { RedisSource } from '../cluster/redis-source.js';
import { statusJson } from '../cluster/status-json.js';
import { statusText } from '../cluster/status-text.js';
import { findDatabaseUrl } from '../find-database-url.js';
import { LiveView } from '../live-view.js';

/** Options of `status`. */
export interface StatusOptions extends CommonOptions {
  /** `http://HOST:PORT` of one gateway, instead of Redis. */
  readonly admin?: string;
  readonly once?: boolean;
}

/** Refresh interval in a terminal, in ms. Gateways renew their reports every 3 s. */
const REFRESH_MS = 2_000;

/** Prints the status of the cluster, or shows it in a terminal and refreshes it. Resolves with the exit code for the last status. */
export async function status(context: CommandContext, options: StatusOptions): Promise<ExitCode> {
  const { terminal } = context;
  const source = await openSource(context, options);
  let latest: ClusterStatus | undefined;
  const look = async () => (latest = await source.look());
  try {
    const watcher = options.json === true || options.once === true ? undefined : terminal.watched;
    const text = async () => textOf(await look(), options, terminal.width);
    if (watcher === undefined) await terminal.print(await text());
    else await new LiveView(watcher).show(async () => `${await text()}q quits\n`, REFRESH_MS);
    return latest?.problems.length === 0 ? exitCodeFor('ok') : exitCodeFor('degraded');
  } finally {
    await source.close();
  }
}

function textOf(found: ClusterStatus, { json }: StatusOptions, width: number | undefined): string {
  return json === true ? `${JSON.stringify(statusJson(found))}\n` : statusText(found, new Date(), width);
}

async function openSource({ env }: CommandContext, options: StatusOptions): Promise<StatusSource> {
  const redis = options.admin === undefined ? await findRedis(env) : undefined;
  if (redis === undefined) return new GatewaySource(adminUrl(options.admin ?? usualAdmin(env)));
  const { DATABASE_URL: url, DATABASE_URL_FILE: file } = env;
  const isNamed = options.dataDir !== undefined || Boolean(url) || Boolean(file);
  const databaseUrl = isNamed ? await findDatabaseUrl({ env, dataDir: options.dataDir }) : undefined;
  const { engines } = await openCluster(redis);
  return new RedisSource(engines, await DatabaseProbe.of(databaseUrl));
}

/** The admin port of a gateway that was started on this machine with the same environment. */
function usualAdmin(env: CommandContext['env']): string {
  const { WR_ADMIN_HOST: host, WR_ADMIN_PORT: port } = env;
  return `http://${setOr(host, '127.0.0.1')}:${setOr(port, '9090')}`;
}

/** An empty variable counts as not set. */
function setOr(value: string | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : value;
}

function adminUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageFailure('--admin must be of the form http://HOST:PORT.');
  return url;
}
