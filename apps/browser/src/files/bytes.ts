const UNITS = ['KiB', 'MiB', 'GiB'] as const;

/** A number of bytes as people read it: `512 bytes`, `1.5 MiB`. */
export function writeBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const power = Math.min(UNITS.length, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 100 ? Number(value.toFixed(1)) : Math.round(value)} ${UNITS[power - 1] ?? ''}`;
}
