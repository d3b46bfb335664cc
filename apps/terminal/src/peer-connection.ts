import { networkInterfaces } from 'node:os';
import { RTCPeerConnection } from 'werift';
import type { ConnectionConfiguration, PeerConnection } from '@white-rabbit/client';
import type { IceServer } from './ice-server.js';

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
