import { encodeEvent, type ClientData, type Ref } from '@white-rabbit/protocol';
import type { Connection } from '../transport/connection.js';

/** What the server sends into silence; encoded once for all. */
const PROBE = encodeEvent('heartbeat', { ack: false });

/** Asks a silent client whether it is still there. */
export function probeSilent(connection: Connection): void {
  connection.send(PROBE);
}

/** Answers a client's heartbeat; an `ack` is never answered. */
export function answerHeartbeat(connection: Connection, data: ClientData<'heartbeat'>, ref: Ref | undefined): void {
  if (data.ack !== true) connection.send(encodeEvent('heartbeat', { ack: true }, ref));
}
