import type { PeerConnection } from '../peer-connection.js';

/** A message of a stream, which is a channel: its stream, its protocol and its data. */
export type StreamMessage = readonly [stream: number, protocol: number, data: Uint8Array];

/** The messages of a stream that are not delivered yet. */
interface InboundStream {
  /** The messages that are complete, removed from the stream. */
  popMessages(): Iterable<StreamMessage>;
  /** Gives up what other packets have superseded. */
  pruneChunks: (tsn: number) => number;
}

/** The part of werift (0.25) that sends and delivers the messages of data channels. */
export interface Sctp {
  advertisedRwnd: number;
  readonly inboundStreams: Readonly<Record<string, InboundStream>>;
  readonly onReceive: { readonly event: { readonly stack: { execute: (...message: StreamMessage) => unknown }[] } };
  handleData: (packet: Uint8Array) => Promise<void>;
  receiveDataChunk: (chunk: { readonly userData: Uint8Array }) => void;
  receiveForwardTsnChunk: (chunk: object) => void;
  send: (stream: number, protocol: number, data: Uint8Array, options?: { readonly ordered: boolean }) => Promise<void>;
  getInboundStream(stream: number): InboundStream;
  receive(...message: StreamMessage): void;
}

/** werift's `RTCSctpTransport`. */
export interface SctpTransport {
  readonly sctp?: Sctp;
  readonly dataChannels: Readonly<
    Record<string, { readonly maxRetransmits: number | null; readonly maxPacketLifeTime: number | null }>
  >;
}

/** The transport of all data channels; `undefined` with other runtimes. */
export function sctpTransportOf(connection: PeerConnection): SctpTransport | undefined {
  return (connection as { readonly sctpTransport?: SctpTransport }).sctpTransport;
}
