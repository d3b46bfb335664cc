import { isKeyId, type PeerKey } from './peer-key.js';
import type { SocketClass } from './socket.js';
import { WIRE } from './wire.js';

/** The server, the identity and the contacts of a client. */
export interface ConnectOptions {
  /**
   * `wss://host/ws`, or several in the order of preference: if one fails, the client tries the next. `/ws` is the
   * default path. Use `ws:` only for a server on the same machine.
   */
  readonly url: string | readonly string[];
  /** The license key. Spaces, dashes and case are ignored. */
  readonly licenseKey: string;
  /** The id of this device, generated once and kept (see `createIdentity`). Other peers never see it. */
  readonly deviceId: string;
  /** The id that other peers call, generated once and kept. An id of the form of a `PeerKey` needs that `peerKey`. */
  readonly peerId: string;
  /**
   * The key of this peer. The client proves to the server that it has the key. If `peerId` is the id of this key, all signals
   * with other such peers are sealed.
   */
  readonly peerKey?: PeerKey;
  /** The peers to watch; at most 1,000. */
  readonly contacts?: readonly string[];
  /**
   * `true`: if the license has no free device, transfer it from the device that was bound first to this one. The server
   * must allow transfers, and limits how often (`license_transfer_too_soon`). Set it only after the user asked for it.
   */
  readonly transfer?: boolean;
  /** A WebSocket class for runtimes without a global one. */
  readonly webSocket?: SocketClass;
}

/** The addresses with their default path. @throws TypeError with a sentence that an application can show, if one is invalid. */
export function checkedUrls(url: string | readonly string[]): readonly string[] {
  const urls = (typeof url === 'string' ? [url] : url).map(checkedUrl);
  if (urls.length === 0) throw new TypeError('connect needs at least one url.');
  return urls;
}

/** The key whose public part is the peer id. `undefined` if the peer has another id. @throws TypeError if the key is missing. */
export function keyOfPeerId({ peerId, peerKey }: ConnectOptions): PeerKey | undefined {
  if (peerKey?.peerId === peerId) return peerKey;
  if (isKeyId(peerId)) throw new TypeError('The peer id is a public key: give its peerKey, too.');
  return undefined;
}

/** The given WebSocket class or the global one. @throws TypeError if there is neither. */
export function checkedSocketClass(given: SocketClass | undefined): SocketClass {
  const found = given ?? (globalThis as { readonly WebSocket?: SocketClass }).WebSocket;
  if (!found) throw new TypeError('This runtime has no WebSocket: give one as webSocket.');
  return found;
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^wss?:$/.test(url.protocol)) throw new TypeError('The url must begin with wss:// (or ws://).');
  if (url.pathname === '/') url.pathname = WIRE.path;
  // WebSocket rejects a URL with a fragment.
  url.hash = '';
  return url.href;
}
