import type { PeerConnection } from './peer-connection.js';

/** What werift calls for each message that arrives, of any channel. */
interface Receiver {
  execute: (...message: readonly unknown[]) => unknown;
}

/** The part of werift (0.25) that delivers what arrives. */
interface WeriftConnection extends PeerConnection {
  readonly sctpTransport?: {
    readonly sctp?: { readonly onReceive?: { readonly event?: { readonly stack?: Receiver[] } } };
  };
}

/**
 * Ignores the messages of a peer that werift cannot handle, such as one of an unknown type, or the acknowledgment of a
 * channel that does not exist (any more). Without this each leaves a promise rejected, which ends a Node process. Called
 * when the connection is up, before anything can arrive. Does nothing with other runtimes.
 */
export function ignoreUnhandledMessages(connection: PeerConnection): void {
  const { sctpTransport } = connection as WeriftConnection;
  for (const receiver of sctpTransport?.sctp?.onReceive?.event?.stack ?? []) {
    const { execute } = receiver;
    receiver.execute = async (...message) => {
      try {
        await execute(...message);
      } catch {
        // The peer sent something that no client sends.
      }
    };
  }
}
