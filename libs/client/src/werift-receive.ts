import type { PeerConnection } from './peer-connection.js';

/** What werift calls for each message that arrives: its stream, which is a channel, its protocol and its data. */
interface Receiver {
  execute: (stream: number, protocol: number, data: Uint8Array) => unknown;
}

/** The part of werift (0.25) that delivers what arrives. */
interface Sctp {
  advertisedRwnd: number;
  readonly onReceive?: { readonly event?: { readonly stack?: Receiver[] } };
  /** The messages of a stream that are complete, removed from it. */
  getInboundStream(stream: number): { popMessages(): Iterable<Parameters<Receiver['execute']>> };
  receive(...message: Parameters<Receiver['execute']>): void;
}

interface WeriftConnection extends PeerConnection {
  readonly sctpTransport?: { readonly sctp?: Sctp };
}

/**
 * Repairs two faults of werift. A message that it cannot handle, such as one of an unknown type, or the acknowledgment of
 * a channel that does not exist (any more), leaves a promise rejected, which ends a Node process: it is ignored. And when
 * packets arrive out of order, a complete message can stay undelivered until the next one of its channel arrives, for ever
 * if it is the last: each message asks for those behind it. Called when the connection is up, before anything can arrive.
 * Does nothing with other runtimes.
 */
export function repairReceiving(connection: PeerConnection): void {
  const { sctp } = (connection as WeriftConnection).sctpTransport ?? {};
  for (const receiver of sctp?.onReceive?.event?.stack ?? []) {
    const { execute } = receiver;
    receiver.execute = async (...message) => {
      // After werift itself has delivered what it finds.
      queueMicrotask(() => sctp && deliver(sctp, message[0]));
      try {
        await execute(...message);
      } catch {
        // The peer sent something that no client sends.
      }
    };
  }
}

/** Delivers the messages of a stream that are complete. */
function deliver(sctp: Sctp, stream: number): void {
  for (const message of sctp.getInboundStream(stream).popMessages()) {
    sctp.advertisedRwnd += message[2].length;
    sctp.receive(...message);
  }
}
