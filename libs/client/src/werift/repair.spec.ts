import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { within } from '@white-rabbit/testing';
import { RTCPeerConnection, type RTCDataChannel } from 'werift';
import { chunk, sctpPacket } from '../../test/sctp-packet.js';
import { repairWerift } from './repair.js';

/** One packet of a message: its number in the connection and in its stream. By default the only one of it. */
const packet = (tsn: number, streamId: number, streamSeqNum: number, text: string, flags = FIRST | LAST) => ({
  tsn,
  streamId,
  streamSeqNum,
  flags,
  protocol: 51,
  userData: Buffer.from(text),
});
const [LAST, FIRST, TAG] = [1, 2, 7];

interface Receiving {
  lastReceivedTsn: number;
  localVerificationTag: number;
  readonly advertisedRwnd: number;
  readonly onReceive: { subscribe(listener: (stream: number, protocol: number, data: Buffer) => unknown): unknown };
  handleData: (data: Buffer) => Promise<void>;
  receiveDataChunk(chunk: ReturnType<typeof packet>): void;
  receiveForwardTsnChunk(chunk: { cumulativeTsn: number; streams: [number, number][] }): void;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

let connection: RTCPeerConnection;
let sctp: Receiving;
beforeEach(async () => {
  connection = new RTCPeerConnection({ iceServers: [] });
  connection.createDataChannel('chat');
  await connection.setLocalDescription(await connection.createOffer());
  sctp = connection.sctpTransport?.sctp as unknown as Receiving;
  sctp.lastReceivedTsn = 0;
  sctp.localVerificationTag = TAG;
});
afterEach(async () => {
  jest.restoreAllMocks();
  await connection.close();
});

describe('Messages received by werift', () => {
  it('are delivered once when the packets arrive out of order, and one of another channel is among them', async () => {
    const received: string[] = [];
    sctp.onReceive.subscribe((stream, _, data) => received.push(`${stream} ${data.toString()}`));
    repairWerift(connection);
    repairWerift(connection);
    for (const arrived of [packet(3, 0, 1, 'last'), packet(1, 0, 0, 'first'), packet(2, 2, 0, 'other')]) {
      sctp.receiveDataChunk(arrived);
      await turn();
    }
    expect(received).toEqual(['0 first', '0 last', '2 other']);
  });

  it('end no process if werift cannot handle them', async () => {
    repairWerift(connection);
    // The acknowledgment of a channel that does not exist.
    sctp.receiveDataChunk({ ...packet(1, 8, 0, '\u0002'), protocol: 50 });
    const rejected = new Promise<string>((resolve) => {
      process.once('unhandledRejection', () => resolve('rejected'));
      setImmediate(() => resolve('ignored'));
    });
    expect(await rejected).toBe('ignored');
  });

  it('are kept up to the window of 1 MiB while they are not complete', () => {
    repairWerift(connection);
    for (let tsn = 1; tsn <= 30; tsn += 1)
      sctp.receiveDataChunk(packet(tsn, 0, 0, 'x'.repeat(65_000), tsn === 1 ? FIRST : 0));
    sctp.receiveDataChunk(packet(100, 4, 0, ''));
    expect([sctp.lastReceivedTsn, sctp.advertisedRwnd]).toEqual([17, 1_048_576 - 17 * 65_000]);
  });

  it('are delivered whole on a reliable channel if a packet gives up a message of another before them', async () => {
    const received: string[] = [];
    sctp.onReceive.subscribe((stream, _, data) => received.push(`${stream} ${data.toString()}`));
    connection.createDataChannel('reliable', { negotiated: true, id: 4 });
    repairWerift(connection);
    sctp.receiveDataChunk(packet(2, 4, 0, 'one ', FIRST));
    sctp.receiveForwardTsnChunk({ cumulativeTsn: 1, streams: [[2, 0]] });
    sctp.receiveDataChunk(packet(3, 4, 0, 'message', LAST));
    await turn();
    expect(received).toEqual(['4 one message']);
  });
});

describe('A packet received by werift', () => {
  it.each([
    ['a chunk', chunk(5, 0)],
    ['a chunk behind another', [...chunk(11, 4), ...chunk(10, 3)]],
    ['a parameter', chunk(4, 8, 0, 1, 0, 0)],
    ['a parameter of INIT', chunk(1, 24, ...new Array<number>(16).fill(0), 0, 1, 0, 0)],
  ])('is ignored if %s is shorter than its header: werift would never get past it', async (_, bytes) => {
    const handle = jest.fn(() => Promise.resolve());
    jest.spyOn(Object.getPrototypeOf(sctp) as Receiving, 'handleData').mockImplementation(handle);
    repairWerift(connection);
    await sctp.handleData(sctpPacket(TAG, ...bytes));
    expect(handle).not.toHaveBeenCalled();
    await sctp.handleData(sctpPacket(TAG, ...chunk(11, 4)));
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['of an unknown type', sctpPacket(TAG, ...chunk(77, 4))],
    ['that is too short', sctpPacket(TAG, ...chunk(3, 8, 0, 0, 0, 0))],
    ['with a bad checksum', sctpPacket(TAG, ...chunk(11, 4)).fill(1, 8, 12)],
    ['without a header', Buffer.of(1)],
  ])('is ignored if it has a chunk %s', async (_, data) => {
    await expect(sctp.handleData(data)).rejects.toThrow();
    repairWerift(connection);
    await expect(sctp.handleData(data)).resolves.toBeUndefined();
  });
});

/** Two connected peers and their channel. */
async function connected(options: { maxRetransmits?: number }): Promise<readonly [RTCDataChannel, RTCDataChannel]> {
  other = new RTCPeerConnection({ iceServers: [] });
  for (const side of [connection, other]) {
    side.addEventListener('connectionstatechange', () => {
      if (side.connectionState === 'connecting') repairWerift(side);
    });
  }
  const own = connection.createDataChannel('moves', options);
  const theirs = new Promise<RTCDataChannel>((resolve) => {
    other.onDataChannel.subscribe((channel) => {
      if (channel.label === 'moves') resolve(channel);
    });
  });
  await connection.setLocalDescription(await connection.createOffer());
  if (connection.localDescription) await other.setRemoteDescription(connection.localDescription);
  await other.setLocalDescription(await other.createAnswer());
  if (other.localDescription) await connection.setRemoteDescription(other.localDescription);
  return [own, await within('a channel', 10_000, theirs)];
}
let other: RTCPeerConnection;

describe('Messages sent by werift', () => {
  afterEach(() => other.close());

  it('arrive behind an empty text and empty bytes', async () => {
    const [own, theirs] = await connected({});
    const received: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      theirs.onMessage.subscribe((message) => received.push(message) === 4 && resolve());
    });
    for (const message of ['', 'a text', Buffer.alloc(0), 'the last']) own.send(message);
    await within('all messages', 5_000, all);
    expect(received).toEqual(['', 'a text', Buffer.alloc(0), 'the last']);
  });

  it('are not given up for one of a channel with maxRetransmits', async () => {
    const [own] = await connected({ maxRetransmits: 1 });
    const { outboundQueue } = connection.sctpTransport?.sctp as unknown as {
      outboundQueue: { maxRetransmits?: number }[];
    };
    const limits: unknown[] = [];
    jest.spyOn(outboundQueue, 'push').mockImplementation((sent) => limits.push(sent.maxRetransmits));
    own.send('a move');
    expect(limits).toEqual([undefined]);
  });
});
