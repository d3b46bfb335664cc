import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RTCPeerConnection } from 'werift';
import { repairReceiving } from './werift-receive.js';

/** One packet of a message that fits into it: its number in the connection and in its stream. */
const packet = (tsn: number, streamId: number, streamSeqNum: number, text: string) => ({
  tsn,
  streamId,
  streamSeqNum,
  // The first and the last part of its message, in order.
  flags: 3,
  protocol: 51,
  userData: Buffer.from(text),
});

interface Receiving {
  lastReceivedTsn: number;
  readonly onReceive: { subscribe(listener: (stream: number, protocol: number, data: Buffer) => unknown): unknown };
  receiveDataChunk(chunk: ReturnType<typeof packet>): void;
}

let connection: RTCPeerConnection;
let sctp: Receiving;
beforeEach(async () => {
  connection = new RTCPeerConnection({ iceServers: [] });
  connection.createDataChannel('chat');
  await connection.setLocalDescription(await connection.createOffer());
  sctp = connection.sctpTransport?.sctp as unknown as Receiving;
  sctp.lastReceivedTsn = 0;
});
afterEach(() => connection.close());

describe('Messages received by werift', () => {
  it('are delivered when the packets arrive out of order, and one of another channel is among them', async () => {
    const received: string[] = [];
    sctp.onReceive.subscribe((stream, _, data) => received.push(`${stream} ${data.toString()}`));
    repairReceiving(connection);
    for (const chunk of [packet(3, 0, 1, 'last'), packet(1, 0, 0, 'first'), packet(2, 2, 0, 'other')]) {
      sctp.receiveDataChunk(chunk);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(received).toEqual(['0 first', '0 last', '2 other']);
  });

  it('end no process if werift cannot handle them', async () => {
    repairReceiving(connection);
    // The acknowledgment of a channel that does not exist.
    sctp.receiveDataChunk({ ...packet(1, 8, 0, '\u0002'), protocol: 50 });
    const rejected = new Promise<string>((resolve) => {
      process.once('unhandledRejection', () => resolve('rejected'));
      setImmediate(() => resolve('ignored'));
    });
    expect(await rejected).toBe('ignored');
  });
});
