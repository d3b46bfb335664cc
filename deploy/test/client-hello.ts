import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

/** Versions as they are on the wire (RFC 8446, section 4.2.1). */
export const VERSIONS = { SSLv3: 0x0300, TLSv1: 0x0301, 'TLSv1.1': 0x0302, 'TLSv1.2': 0x0303 } as const;

/** What a client offers in its first message. */
export interface Offer {
  /** The highest version that the client speaks. */
  readonly version: keyof typeof VERSIONS;
  /** Numbers of cipher suites (the registry of IANA). */
  readonly suites: readonly number[];
  /** `true`: DEFLATE before no compression. */
  readonly compression?: boolean;
}

/** The answer of a server to the first message of a client. */
export type Answer =
  /** It goes on with these. */
  | {
      readonly kind: 'hello';
      readonly version: number;
      readonly suite: number;
      readonly compression: number;
      /** It can prove that a renegotiation belongs to the same connection (RFC 5746). */
      readonly renegotiationInfo: boolean;
    }
  /** It ends the connection, with the number of an alert if it sends one. */
  | { readonly kind: 'refused'; readonly alert: number | undefined };

const HANDSHAKE = 22;
const ALERT = 21;
const SERVER_HELLO = 2;
const RENEGOTIATION_INFO = 0xff01;
const ANSWER_MS = 5_000;

/** Groups and signatures that both kinds of servers accept: X25519, P-256; ECDSA and RSA with SHA-256 and SHA-1. */
const GROUPS = [0x001d, 0x0017];
const SIGNATURES = [0x0403, 0x0804, 0x0401, 0x0203, 0x0201];

/**
 * Sends a ClientHello with exactly this offer, also one that no TLS library of today makes, and resolves with the answer.
 * Rejects if there is none.
 */
export async function offerTls(port: number, offer: Offer): Promise<Answer> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    let received = Buffer.alloc(0);
    const answered = new Promise<Answer>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error('The server has not answered.'));
      }, ANSWER_MS);
      const end = (answer: Answer): void => {
        clearTimeout(late);
        resolve(answer);
      };
      socket.on('data', (bytes) => {
        received = Buffer.concat([received, bytes]);
        const answer = readAnswer(received);
        if (answer) end(answer);
      });
      socket.on('error', () => undefined);
      socket.once('close', () => {
        end(readAnswer(received) ?? { kind: 'refused', alert: undefined });
      });
    });
    socket.write(clientHello(offer));
    return await answered;
  } finally {
    socket.destroy();
  }
}

function clientHello({ version, suites, compression = false }: Offer): Buffer {
  const number = VERSIONS[version];
  const body = Buffer.concat([
    u16(number),
    randomBytes(32),
    Buffer.from([0]),
    sized(2, Buffer.concat(suites.map(u16))),
    sized(1, Buffer.from(compression ? [1, 0] : [0])),
    // SSL 3.0 has no extensions.
    ...(version === 'SSLv3' ? [] : [sized(2, extensions())]),
  ]);
  const message = Buffer.concat([Buffer.from([1]), sized(3, body)]);
  return Buffer.concat([Buffer.from([HANDSHAKE]), u16(Math.min(number, VERSIONS.TLSv1)), sized(2, message)]);
}

function extensions(): Buffer {
  const list = (numbers: readonly number[]) => sized(2, Buffer.concat(numbers.map(u16)));
  const all: readonly (readonly [type: number, content: Buffer])[] = [
    [10, list(GROUPS)],
    // Points are not compressed.
    [11, Buffer.from([1, 0])],
    [13, list(SIGNATURES)],
    [RENEGOTIATION_INFO, Buffer.from([0])],
  ];
  return Buffer.concat(all.map(([type, content]) => Buffer.concat([u16(type), sized(2, content)])));
}

/** The first record of the server, if all of it was received. */
function readAnswer(bytes: Buffer): Answer | undefined {
  if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return undefined;
  const record = bytes.subarray(5, 5 + bytes.readUInt16BE(3));
  if (bytes[0] === ALERT) return { kind: 'refused', alert: record[1] };
  if (bytes[0] !== HANDSHAKE || record[0] !== SERVER_HELLO) throw new Error('The server has not answered with TLS.');
  const version = record.readUInt16BE(4);
  const at = 4 + 2 + 32 + 1 + (record[38] ?? 0);
  const rest = record.subarray(at + 3, 4 + record.readUIntBE(1, 3));
  return {
    kind: 'hello',
    version,
    suite: record.readUInt16BE(at),
    compression: record[at + 2] ?? 0,
    renegotiationInfo: extensionTypes(rest).includes(RENEGOTIATION_INFO),
  };
}

function extensionTypes(bytes: Buffer): readonly number[] {
  const types: number[] = [];
  for (let at = 2; at + 4 <= bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) types.push(bytes.readUInt16BE(at));
  return types;
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** The content after its length, which takes that many bytes. */
function sized(lengthBytes: number, content: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([length, content]);
}
