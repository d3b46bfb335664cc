import type { SocketClass } from './socket.js';
import { WIRE } from './wire.js';

/** Who connects, where to, and whom it wants to know about. */
export interface ConnectOptions {
  /**
   * `wss://host/ws`, or several in the order of preference: the next is tried when one fails. `/ws` may be left out.
   * `ws:` is for a server on this machine.
   */
  readonly url: string | readonly string[];
  /** As it was handed out; blanks, dashes and case do not matter. */
  readonly licenseKey: string;
  /** This device's own name, made once and kept (see `createIdentity`). Never shown to other peers. */
  readonly deviceId: string;
  /** The name under which others call this peer, made once and kept. */
  readonly peerId: string;
  /** Peers whose presence is told; at most 1,000. */
  readonly contacts?: readonly string[];
  /**
   * `true`: a license that is used on as many devices as it allows is moved to this one, and the device that had it first
   * loses it. Where the server allows it, once in some days (`license_transfer_too_soon`); only when a person asked for it.
   */
  readonly transfer?: boolean;
  /** A WebSocket class, where the runtime has none of its own. */
  readonly webSocket?: SocketClass;
}

/** @throws TypeError with a sentence for a person, where the options cannot work. */
export function checkedUrls(url: string | readonly string[]): readonly string[] {
  const urls = (typeof url === 'string' ? [url] : url).map(checkedUrl);
  if (urls.length === 0) throw new TypeError('connect needs at least one url.');
  return urls;
}

/** @throws TypeError where neither the caller nor the runtime has a WebSocket. */
export function checkedSocketClass(given: SocketClass | undefined): SocketClass {
  const found = given ?? (globalThis as { readonly WebSocket?: SocketClass }).WebSocket;
  if (!found) throw new TypeError('This runtime has no WebSocket: give one as webSocket.');
  return found;
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^wss?:$/.test(url.protocol)) throw new TypeError('The url must begin with wss:// (or ws://).');
  if (url.pathname === '/') url.pathname = WIRE.path;
  // WebSocket refuses a url with a fragment.
  url.hash = '';
  return url.href;
}
