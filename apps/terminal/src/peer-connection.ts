import { networkInterfaces } from 'node:os';
import { RTCPeerConnection } from 'werift';
import type { ConnectionConfiguration, PeerConnection } from '@white-rabbit/client';

/** A STUN or TURN server in the form of `RTCIceServer`. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

const FORM = /^(?<scheme>stuns?|turns?):(?:(?<user>[^:@]+):(?<password>[^@]+)@)?(?<host>[^@]+)$/;

/** Reads `stun:HOST:PORT` or `turn:USER:PASSWORD@HOST:PORT`; `undefined` if it is neither. */
export function parseIceServer(text: string): IceServer | undefined {
  const { scheme, user, password, host } = FORM.exec(text)?.groups ?? {};
  if (scheme === undefined || host === undefined) return undefined;
  const urls = `${scheme}:${host}`;
  if (user === undefined || password === undefined) return scheme.startsWith('stun') ? { urls } : undefined;
  return { urls, username: decoded(user), credential: decoded(password) };
}

/** A user or a password may be percent-encoded. One that contains a bare `%` is not, and is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Creates a WebRTC connection with the user's own ICE servers and those that the server offers for the call. werift uses
 * only the first STUN or TURN server, so the user's own come first.
 */
export function createPeerConnection(
  own: readonly IceServer[],
  { iceServers }: ConnectionConfiguration,
): PeerConnection {
  return new RTCPeerConnection({
    iceServers: [...own, ...iceServers],
    ...(isOffline() && { iceAdditionalHostAddresses: ['127.0.0.1'] }),
  });
}

/** Whether this machine has no network, so that every peer is on this machine. */
function isOffline(): boolean {
  return !Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}
