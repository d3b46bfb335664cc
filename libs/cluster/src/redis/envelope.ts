import type { NodeId } from '@white-rabbit/signaling';
import { BUS_BODY_BYTES } from '../bus.js';

/** Version of the header below. A build that changes it must still parse the previous version. */
const VERSION = '1';

/** Longest header: version, node id of 128, 16 digits, separators; with a margin. */
const HEADER_CHARACTERS = 256;

const NODE = /^[A-Za-z0-9_-]{1,128}$/;

/** Why a text on the bus was ignored. */
export type Ignored = 'malformed' | 'version' | 'oversized' | 'repeated';

/** A text on the bus: its sender, its sequence number, and its body. */
export interface Envelope {
  readonly from: NodeId;
  readonly sequence: number;
  readonly body: string;
}

/** `1 node sequence`, a line feed, the body. */
export function formatEnvelope({ from, sequence, body }: Envelope): string {
  return `${VERSION} ${from} ${sequence}\n${body}`;
}

/** Never throws, for any text. */
export function parseEnvelope(text: string): Envelope | Exclude<Ignored, 'repeated'> {
  if (text.length > BUS_BODY_BYTES + HEADER_CHARACTERS) return 'oversized';
  const end = text.indexOf('\n');
  if (end < 0 || end > HEADER_CHARACTERS) return 'malformed';
  const [version, from, sequence, ...rest] = text.slice(0, end).split(' ');
  if (version !== VERSION) return version !== undefined && /^\d+$/.test(version) ? 'version' : 'malformed';
  const number = Number(sequence);
  const isWhole = from !== undefined && NODE.test(from) && Number.isSafeInteger(number) && number > 0;
  if (!isWhole || rest.length > 0) return 'malformed';
  return { from: from as NodeId, sequence: number, body: text.slice(end + 1) };
}
