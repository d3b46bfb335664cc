/** The bytes of one chunk: its type, its length as written, and what follows. */
export const chunk = (type: number, length: number, ...body: number[]): number[] => [
  type,
  0,
  length >> 8,
  length & 255,
  ...body,
];

/** An SCTP packet with a valid checksum for the side with this verification tag. */
export function sctpPacket(tag: number, ...bytes: number[]): Buffer {
  const packet = Buffer.from([0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0, 0, 0, 0, ...bytes]);
  packet.writeUInt32BE(tag, 4);
  packet.writeUInt32LE(crc32c(packet), 8);
  return packet;
}

function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
