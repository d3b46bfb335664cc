import { isIPv6 } from 'node:net';
import type { RedisOptions } from './redis-options.js';

/** A server's address. An IPv6 host is without brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The address of a region's Redis, as individual settings. At most one of `url`, `sentinels` and `clusterNodes`. */
export interface RedisPlace {
  readonly url: string | undefined;
  readonly sentinels: readonly Endpoint[] | undefined;
  /** Name of the Redis that the Sentinels watch. */
  readonly sentinelName: string;
  /** The Sentinels' own password, if they have one. */
  readonly sentinelPassword: string | undefined;
  readonly clusterNodes: readonly Endpoint[] | undefined;
  // With Sentinels or a cluster:
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** Default name of the primary at the Sentinels. */
export const SENTINEL_NAME = 'mymaster';

const ENDPOINT = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[\w.-]+)):(?<port>\d{1,5})$/i;
const MAX_PORT = 65_535;

/** Parses `host:port` or `[ipv6]:port`; `undefined` for anything else. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const { ipv6, name, port = '' } = ENDPOINT.exec(text)?.groups ?? {};
  const host = ipv6 ?? name;
  const isPort = Number(port) >= 1 && Number(port) <= MAX_PORT;
  if (host === undefined || !isPort || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined;
  return { host, port: Number(port) };
}

/** Whether a text is a URL of a Redis, with a user and a password that can be read: a `%` in them is written `%25`. */
export function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^rediss?:$/.test(url.protocol) && isDecodable(url.username) && isDecodable(url.password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const SEVERAL =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<servers>[^/@?]+)(?:\/(?<name>[\w.-]+))?(?:\?sentinel_password=(?<own>[^&]+))?$/;

/**
 * Parses the address of a Redis in one text, as a remote region has it; `undefined` for anything else.
 *
 * - `redis://user:password@host:port`, with `rediss` for TLS: one server.
 * - `redis+cluster://user:password@host:port;host:port`: a Redis Cluster.
 * - `redis+sentinel://user:password@host:port;host:port/name?sentinel_password=…`: behind these Sentinels.
 */
export function parseRedisAddress(text: string): RedisOptions | undefined {
  if (isRedisUrl(text)) return { url: text };
  const groups = SEVERAL.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { scheme, kind, user = '', password = '', servers = '', name, own } = groups;
  const endpoints = servers.split(';').map(parseEndpoint);
  const texts = [user, password, own ?? ''];
  if (endpoints.includes(undefined) || !texts.every(isDecodable)) return undefined;
  if (kind === 'cluster' && (name ?? own) !== undefined) return undefined;
  const known = endpoints.filter((endpoint) => endpoint !== undefined);
  return redisOptionsFor({
    url: undefined,
    sentinels: kind === 'sentinel' ? known : undefined,
    sentinelName: name ?? SENTINEL_NAME,
    sentinelPassword: own === undefined ? undefined : decodeURIComponent(own),
    clusterNodes: kind === 'cluster' ? known : undefined,
    username: decodeURIComponent(user),
    password: decodeURIComponent(password),
    tls: scheme === 'rediss',
  });
}

/** The options for that address; `undefined` if none is set. */
export function redisOptionsFor(place: RedisPlace): RedisOptions | undefined {
  const { url, sentinels, sentinelName: name, sentinelPassword, clusterNodes } = place;
  const addresses = (endpoints: readonly Endpoint[]) => endpoints.map((endpoint) => addressOf(endpoint, place));
  if (url !== undefined) return { url };
  if (sentinels !== undefined)
    return { sentinels: addresses(sentinels), name, ...(sentinelPassword !== undefined && { sentinelPassword }) };
  if (clusterNodes !== undefined) return { clusterNodes: addresses(clusterNodes) };
  return undefined;
}

function addressOf({ host, port }: Endpoint, { tls, username = '', password = '' }: RedisPlace): string {
  const address = new URL(`${tls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}`);
  address.username = encodeURIComponent(username);
  address.password = encodeURIComponent(password);
  return address.href;
}
