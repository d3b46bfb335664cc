/** Slots of a Redis Cluster. */
const SLOTS = 16384;

/** CRC-16/XMODEM, byte by byte, as the Redis Cluster specification prescribes. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc;
});

/** The slot of one of our keys or channels (all ASCII): that of what stands between its first braces, if anything does. */
export function slotOf(key: string): number {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  const tag = close > open + 1 ? key.slice(open + 1, close) : key;
  let crc = 0;
  for (let index = 0; index < tag.length; index += 1) {
    crc = ((crc << 8) & 0xffff) ^ (TABLE[((crc >> 8) ^ tag.charCodeAt(index)) & 0xff] ?? 0);
  }
  return crc % SLOTS;
}
