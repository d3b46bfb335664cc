import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/** The parts of a request that determine its source. */
export interface SourcedRequest {
  readonly headers: IncomingMessage['headers'];
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
}

/**
 * The source that a request counts for: the address of its TCP peer; behind a trusted proxy the last entry of
 * `X-Forwarded-For`, which that proxy appended. `undefined` if that entry is missing or no address: the source is
 * unknown.
 */
export function sourceNameOf({ headers, socket }: SourcedRequest, trustProxy: boolean): string | undefined {
  return sourceNameOfAddress(trustProxy ? lastOf(headers['x-forwarded-for']) : (socket.remoteAddress ?? ''));
}

const MAPPED = '::ffff:';

/**
 * An IPv4 address unchanged, also if it is mapped into IPv6; of an IPv6 address its /64, the smallest network that a
 * customer is assigned. A port is ignored. `undefined` if the text is not an address.
 */
export function sourceNameOfAddress(text: string): string | undefined {
  const address = withoutPort(text);
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  if (address.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length))) return address.slice(MAPPED.length);
  const groups = groupsOf(address);
  return isMapped(groups) ? ipv4Of(groups) : `${groups.slice(0, 4).map(hex).join(':')}::/64`;
}

/** Accepts `192.0.2.1:80`, `[2001:db8::1]:80` and `[2001:db8::1]`, as some proxies write them. */
function withoutPort(text: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  return bracketed ?? dotted ?? text;
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const left = numbersOf(head);
  if (tail === undefined) return left;
  const right = numbersOf(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function numbersOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => (group.includes('.') ? pairOf(group) : [parseInt(group, 16)]));
}

/** The last four bytes, written as an IPv4 address. */
function pairOf(dotted: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function ipv4Of(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

const hex = (group: number) => group.toString(16);

/**
 * The last value of a header that proxies append to, which the nearest proxy wrote. Node joins repeated headers with
 * commas, in their order. Empty if the header is absent.
 */
export function lastOf(header: string | string[] | undefined): string {
  const values = Array.isArray(header) ? header.join() : (header ?? '');
  return values.slice(values.lastIndexOf(',') + 1).trim();
}
