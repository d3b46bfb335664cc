/** The numbers of sockets that a process accepts. */
export interface SocketLimits {
  /** Maximum number of open WebSockets: further upgrades are refused with 503. */
  readonly connections: number;
  /**
   * Maximum number of sockets of the public endpoint, including those in their handshake: further sockets are cut
   * without an answer. `undefined`: no limit.
   */
  readonly sockets: number | undefined;
}

/**
 * Descriptors reserved from clients: a tenth, within these bounds. Half is for handshakes, half for the process
 * itself.
 */
const SPARE = { part: 0.1, least: 128, most: 1_000 } as const;

/**
 * The part of `wanted` connections that fits under a limit of open file descriptors. A process without free
 * descriptors cannot answer a probe, and the platform then kills it with all its sockets; therefore some descriptors
 * stay reserved.
 *
 * @param descriptors `undefined` if the limit is not known.
 */
export function socketLimits(wanted: number, descriptors: number | undefined): SocketLimits {
  if (descriptors === undefined) return { connections: wanted, sockets: undefined };
  const spare = Math.ceil(Math.min(SPARE.most, Math.max(SPARE.least, descriptors * SPARE.part)));
  return {
    connections: Math.max(1, Math.min(wanted, descriptors - spare)),
    sockets: Math.max(1, descriptors - spare / 2),
  };
}
