import { canBeWalked } from './packet.js';
import type { Sctp, SctpTransport } from './sctp.js';

/**
 * Repairs how werift receives:
 * - One packet of the peer makes it loop for ever, or leaves a promise rejected, which ends a Node process: such a packet,
 *   and a message of an unknown type or channel, is ignored.
 * - It keeps any number of unfinished messages: what exceeds the window that it has advertised is dropped.
 * - When a packet gives up a message, it discards parts of messages of reliable channels as well.
 * - When packets arrive out of order, a complete message can stay undelivered until the next one of its channel arrives, for
 *   ever if it is the last: each message asks for those behind it.
 */
export function repairReceiving(transport: SctpTransport, sctp: Sctp): void {
  const { handleData, receiveDataChunk, receiveForwardTsnChunk } = sctp;
  sctp.handleData = async (packet) => {
    if (canBeWalked(packet)) await ignoringFaults(() => handleData.call(sctp, packet));
  };
  sctp.receiveDataChunk = (chunk) => {
    // No client sends a chunk without data, and it would not count. A dropped one is sent again.
    if (sctp.advertisedRwnd >= 0 && chunk.userData.length > 0) receiveDataChunk.call(sctp, chunk);
  };
  sctp.receiveForwardTsnChunk = (chunk) => {
    for (const [id, stream] of Object.entries(sctp.inboundStreams)) {
      const { maxRetransmits, maxPacketLifeTime } = transport.dataChannels[id] ?? {};
      if (maxRetransmits === null && maxPacketLifeTime === null) stream.pruneChunks = () => 0;
    }
    receiveForwardTsnChunk.call(sctp, chunk);
  };
  for (const receiver of sctp.onReceive.event.stack) {
    const { execute } = receiver;
    receiver.execute = async (...message) => {
      // After werift itself has delivered what it finds.
      queueMicrotask(() => deliver(sctp, message[0]));
      await ignoringFaults(() => execute(...message));
    };
  }
}

/** The peer can send what no client sends. */
async function ignoringFaults(handle: () => unknown): Promise<void> {
  try {
    await handle();
  } catch {
    // Nothing of it is used.
  }
}

/** Delivers the messages of a stream that are complete. */
function deliver(sctp: Sctp, stream: number): void {
  for (const message of sctp.getInboundStream(stream).popMessages()) {
    sctp.advertisedRwnd += message[2].length;
    sctp.receive(...message);
  }
}
