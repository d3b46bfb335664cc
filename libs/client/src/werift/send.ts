import type { Sctp } from './sctp.js';

/** The protocols of empty messages (RFC 8831, section 6.6), by the protocol of others: a text, and bytes. */
const EMPTY: Readonly<Record<number, number>> = { 51: 56, 53: 57 };

/**
 * Repairs how werift sends:
 * - For an empty message it sends nothing and counts it, and its channel is dead from then on: SCTP has no empty messages, so
 *   it is one byte with a protocol of its own.
 * - When it gives up a message of a channel with `maxRetransmits`, it gives up one of another channel: no message is given up.
 */
export function repairSending(sctp: Sctp): void {
  const { send } = sctp;
  sctp.send = (stream, protocol, data, { ordered } = { ordered: true }) => {
    const ofEmpty = data.length > 0 ? undefined : EMPTY[protocol];
    const [actual, bytes] = ofEmpty === undefined ? [protocol, data] : [ofEmpty, new Uint8Array(1)];
    return send.call(sctp, stream, actual, bytes, { ordered });
  };
}
