/** The bytes before the chunks of an SCTP packet. */
const PACKET_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 4;

/** The chunks that consist of parameters, by type, and the bytes before the first of them. */
const PARAMETERS_FROM: Readonly<Record<number, number>> = { 1: 20, 2: 20, 4: 4, 5: 4, 6: 4, 9: 4, 130: 4 };

/**
 * Whether every chunk of an SCTP packet, and every parameter of it, is at least as long as its header. werift never gets
 * past one that is not.
 */
export function canBeWalked(packet: Uint8Array): boolean {
  return walk(packet, PACKET_HEADER_BYTES, packet.length, (at, end) => {
    const from = PARAMETERS_FROM[packet[at] ?? 0];
    return from === undefined || walk(packet, at + from, end);
  });
}

/** Visits what has a type, a length of 16 bits behind it, and a padding to 4 bytes. */
function walk(packet: Uint8Array, from: number, to: number, visit = (_at: number, _end: number) => true): boolean {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  for (let at = from; at + CHUNK_HEADER_BYTES <= to;) {
    const length = view.getUint16(at + 2);
    if (length < CHUNK_HEADER_BYTES || !visit(at, Math.min(at + length, to))) return false;
    at += Math.ceil(length / 4) * 4;
  }
  return true;
}
