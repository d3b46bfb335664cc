/**
 * What two `PeerCall`s send over their data channel (PEER-CALLS.md). A text is a text message of the channel. A binary
 * message begins with one byte that names its kind; all other bytes are its content.
 */
export type ChannelFrame =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Asks the other side how many messages it has received. */
  | { readonly kind: 'request' }
  /** The number of messages that the other side has received since the call began. */
  | { readonly kind: 'confirmation'; readonly count: number };

/** STX: a message of bytes follows. */
const BYTES = 0x02;
/** ENQ */
const REQUEST = 0x05;
/** ACK: followed by the count, 32 bits, big-endian. */
const CONFIRMATION = 0x06;
const CONFIRMATION_BYTES = 5;

/** Encodes a frame as a message of the data channel. */
export function encodeChannelFrame(frame: ChannelFrame): string | Uint8Array<ArrayBuffer> {
  switch (frame.kind) {
    case 'text':
      return frame.text;
    case 'request':
      return Uint8Array.of(REQUEST);
    case 'bytes':
      return withKind(BYTES, frame.bytes);
    case 'confirmation': {
      const count = new Uint8Array(4);
      new DataView(count.buffer).setUint32(0, frame.count);
      return withKind(CONFIRMATION, count);
    }
  }
}

/** Decodes a message of the data channel. `undefined` if it is none of the frames; such a message is ignored. */
export function decodeChannelFrame(data: unknown): ChannelFrame | undefined {
  if (typeof data === 'string') return { kind: 'text', text: data };
  const message = bytesOfMessage(data);
  if (!message) return undefined;
  const [kind = 0] = message;
  switch (kind) {
    case BYTES:
      return { kind: 'bytes', bytes: message.slice(1) };
    case REQUEST:
      return message.length === 1 ? { kind: 'request' } : undefined;
    case CONFIRMATION:
      if (message.length !== CONFIRMATION_BYTES) return undefined;
      return { kind: 'confirmation', count: new DataView(message.buffer).getUint32(1) };
    default:
      return undefined;
  }
}

function withKind(kind: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(content.length + 1);
  message[0] = kind;
  message.set(content, 1);
  return message;
}

/** A copy of the bytes: browsers deliver an `ArrayBuffer`, werift a part of a `Buffer`. */
function bytesOfMessage(data: unknown): Uint8Array<ArrayBuffer> | undefined {
  return data instanceof ArrayBuffer || data instanceof Uint8Array ? Uint8Array.from(new Uint8Array(data)) : undefined;
}
