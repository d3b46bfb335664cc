import type { PeerConnection } from '../peer-connection.js';
import { repairReceiving } from './receive.js';
import { sctpTransportOf } from './sctp.js';
import { repairSending } from './send.js';

/**
 * Repairs faults of werift (0.25), once for each connection. Called when it connects, before anything can arrive: it
 * reports `connected` too late. Does nothing with other runtimes.
 */
export function repairWerift(connection: PeerConnection): void {
  const transport = sctpTransportOf(connection);
  const { sctp } = transport ?? {};
  // As long as werift's own method is there, which is one of the class, nothing was repaired.
  if (!transport || !sctp || Object.hasOwn(sctp, 'handleData')) return;
  repairReceiving(transport, sctp);
  repairSending(sctp);
}
