import type { Redis } from 'ioredis';

/**
 * Lets everything that is sent on this connection until the end of the tick leave in one write. Measured at 3,000
 * publishes/s: about a sixth less CPU for each over all processes than one write each, and a fifth less than the library's automatic
 * pipelines, whose bookkeeping costs more than their batching saves.
 */
export function corkTick({ stream }: Redis): void {
  // There is none before the first connection, whatever the type says.
  const connected = stream as typeof stream | undefined;
  if (connected === undefined || connected.writableCorked > 0) return;
  connected.cork();
  setImmediate(() => {
    connected.uncork();
  });
}
