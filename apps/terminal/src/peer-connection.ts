import { networkInterfaces } from 'node:os';
import { RTCPeerConnection } from 'werift';
import type { PeerConnection } from '@white-rabbit/client';
import type { IceServer } from './ice-server.js';

/** A WebRTC connection that asks no server but those given where it is. */
export function createPeerConnection(iceServers: readonly IceServer[]): PeerConnection {
  return new RTCPeerConnection({
    // werift asks one of Google's unless told otherwise.
    iceServers: [...iceServers],
    ...(isAlone() && { iceAdditionalHostAddresses: ['127.0.0.1'] }),
  });
}

/** This machine has no network: whoever is called can only be on it. */
function isAlone(): boolean {
  return !Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}
