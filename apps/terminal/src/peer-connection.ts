import { networkInterfaces } from 'node:os';
import { RTCPeerConnection } from 'werift';
import type { ConnectionConfiguration, PeerConnection } from '@white-rabbit/client';
import type { IceServer } from './ice-server.js';

/**
 * A WebRTC connection that asks no server but those of whoever started this program, and those that the signalling
 * server offers for the call. Of several STUN or TURN servers werift uses the first: a person's own come first.
 */
export function createPeerConnection(
  own: readonly IceServer[],
  { iceServers }: ConnectionConfiguration,
): PeerConnection {
  return new RTCPeerConnection({
    iceServers: [...own, ...iceServers],
    ...(isAlone() && { iceAdditionalHostAddresses: ['127.0.0.1'] }),
  });
}

/** This machine has no network: whoever is called can only be on it. */
function isAlone(): boolean {
  return !Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}
