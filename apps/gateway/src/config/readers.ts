import { isIPv6 } from 'node:net';
import { isRedisUrl, parseEndpoint, parseRedisAddress, REGION_NAME } from '@white-rabbit/cluster';
import { z } from 'zod';

// Readers of one environment variable each: they turn a text into a value, or report what was expected.

const MAX_PORT = 65_535;

/** A whole number within bounds. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number(`expected at most ${max}`).min(min, `expected at least ${min}`).max(max, `expected at most ${max}`));

/** A TCP port; 0 selects a free port. */
export const port = whole(0, MAX_PORT);

/** Seconds, fractions allowed; returned in milliseconds. */
export const seconds = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'expected seconds, such as 30 or 0.5')
    .transform(Number)
    .pipe(
      z
        .number(`expected at most ${max} s`)
        .min(min, `expected at least ${min} s`)
        .max(max, `expected at most ${max} s`),
    )
    .transform((value) => value * 1000);

/** A share, 0 to 1. */
export const ratio = z
  .string()
  .regex(/^\d(\.\d+)?$/, 'expected a number from 0 to 1')
  .transform(Number)
  .pipe(z.number().max(1, 'expected a number from 0 to 1'));

/** `true` or `false`. */
export const flag = z.enum(['true', 'false'], 'expected true or false').transform((text) => text === 'true');

/** Any text. */
export const text = z.string();

/** A short name that is safe as a metric label and in a terminal. */
export const name = (maxLength: number) =>
  z
    .string()
    .regex(/^[\x20-\x7e]+$/, 'expected printable ASCII')
    .max(maxLength, `expected at most ${maxLength} characters`);

/** A secret that is too long to be guessed. */
export const minLength = (characters: number) =>
  z.string().min(characters, `expected at least ${characters} characters`);

/** One of the given words. */
export const word = <const W extends readonly [string, ...string[]]>(...words: W) =>
  z.enum(words, `expected one of ${words.join(', ')}`);

/** A list whose entries are separated by commas. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** A list of `host:port`, with at least one. */
export const endpoints = list.pipe(
  z
    .array(
      z.string().transform((entry, context) => {
        const endpoint = parseEndpoint(entry);
        if (endpoint !== undefined) return endpoint;
        context.addIssue('expected host:port,host:port');
        return z.NEVER;
      }),
    )
    .min(1, 'expected host:port,host:port'),
);

const PUBLIC_HOST = /^(?:\[[\da-f:.]+\]|[a-z\d.-]+)(?::[1-9]\d{0,4})?$/;

/** Hosts in the form that clients sign. A proof is verified for each of them, so there are few. */
export const publicHosts = list
  .transform((hosts) => hosts.map((host) => host.toLowerCase()))
  .refine((hosts) => hosts.length > 0 && hosts.every((host) => PUBLIC_HOST.test(host)), 'expected host,host:port')
  .refine((hosts) => hosts.length <= 8, 'expected at most 8 hosts');

const ICE_URL =
  /^(?<scheme>stun|turn)s?:(?:\[(?<ipv6>[\da-f:.]+)\]|[\w.-]+)(?::(?<port>\d{1,5}))?(?<query>\?transport=(?:udp|tcp))?$/i;

/** RFC 7064 and RFC 7065. `RTCPeerConnection` throws for any other URL, and then no call can be set up. */
function isIceUrl(url: string): boolean {
  const { scheme, ipv6, port = '1', query } = ICE_URL.exec(url)?.groups ?? {};
  const isPort = Number(port) >= 1 && Number(port) <= MAX_PORT;
  const isHost = ipv6 === undefined || isIPv6(ipv6);
  // Only relays have a transport.
  return scheme !== undefined && isHost && isPort && (query === undefined || !isStunUrl(url));
}

/** Whether a URL of `iceUrls` is that of a STUN server; otherwise it is that of a relay. */
export function isStunUrl(url: string): boolean {
  return /^stuns?:/i.test(url);
}

/** A list of `turn:`, `turns:` and `stun:` URLs, with at least one relay. */
export const iceUrls = list
  .refine((urls) => urls.every(isIceUrl), 'expected turn:host:port, turns:host:port?transport=tcp, stun:host:port')
  .refine((urls) => !urls.every(isStunUrl), 'expected at least one turn: or turns: URL');

/** A URL with one of the given schemes. */
export const url = (...schemes: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), {
    message: `expected a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

/** The maximum number of other regions that a gateway links to. */
const MAX_REGIONS = 32;

/** The URL of a Redis server. */
export const redisUrl = z.string().refine(isRedisUrl, {
  message: 'expected a URL that begins with redis:// or rediss://, a % in its password written as %25',
});

/**
 * A list of `name=redis://…`, each name once. The error does not repeat the refused text, which may hold a password.
 */
export const regions = list
  .transform((entries) =>
    entries.map((entry) => {
      const end = entry.indexOf('=');
      const [name, redis] = [entry.slice(0, Math.max(0, end)), parseRedisAddress(entry.slice(end + 1))];
      return redis !== undefined && REGION_NAME.test(name) ? { name, redis } : undefined;
    }),
  )
  .refine(
    (others) => others.length > 0 && !others.includes(undefined),
    'expected name=redis://host:port,name=rediss+cluster://host:port;host:port with names of letters, digits and -',
  )
  .transform((others) => others.filter((other) => other !== undefined))
  .refine((others) => new Set(others.map(({ name }) => name)).size === others.length, 'expected each name once')
  .refine((others) => others.length <= MAX_REGIONS, `expected at most ${MAX_REGIONS} regions`);
