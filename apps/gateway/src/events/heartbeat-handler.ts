import { encodeEvent, type ClientData, type Ref } from '@white-rabbit/protocol';
import type { Connection } from '../transport/connection.js';

/** Answers a client's heartbeat; an `ack` is never answered. */
export function answerHeartbeat(connection: Connection, data: ClientData<'heartbeat'>, ref: Ref | undefined): void {
  if (data.ack !== true) connection.send(encodeEvent('heartbeat', { ack: true }, ref));
}
