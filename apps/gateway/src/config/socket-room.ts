/** How many sockets a process has room for. */
export interface SocketRoom {
  /** Open WebSockets: more are refused with 503. */
  readonly connections: number;
  /** Sockets of the public endpoint in all, those in their handshake included: more are cut unheard. `undefined`: as they come. */
  readonly sockets: number | undefined;
}

/** Descriptors kept from clients: a tenth, within these bounds. Half is for handshakes, half for the process itself. */
const SPARE = { part: 0.1, least: 128, most: 1_000 } as const;

/**
 * What is left of `wanted` connections under a limit of open file descriptors. A process that runs out of them cannot take
 * a probe any more, and is killed for it with every socket it has: it has to keep some.
 *
 * @param descriptors `undefined` where the limit is not known.
 */
export function socketRoom(wanted: number, descriptors: number | undefined): SocketRoom {
  if (descriptors === undefined) return { connections: wanted, sockets: undefined };
  const spare = Math.ceil(Math.min(SPARE.most, Math.max(SPARE.least, descriptors * SPARE.part)));
  return {
    connections: Math.max(1, Math.min(wanted, descriptors - spare)),
    sockets: Math.max(1, descriptors - spare / 2),
  };
}
