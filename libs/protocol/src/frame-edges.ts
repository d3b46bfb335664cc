import { Ref } from './ids.js';

/** Characters that are read at either end of a frame. */
export const EDGE_LENGTH = 128;

/** The `event` and the `ref` of a frame that is not parsed. */
export interface FrameEdges {
  /** Empty if the frame does not begin with it. */
  readonly event: string;
  readonly ref: Ref | undefined;
}

const HEAD = /^\s*\{\s*"event"\s*:\s*"([a-z_]{1,64})"(?:\s*,\s*"ref"\s*:\s*"([^"\\]{1,64})"\s*[,}])?/;
// The quote before `ref` opens a name: after a space, a comma or a brace, a quote that closes a string and is followed by a
// letter is not JSON, and an escaped quote follows a backslash.
const TAIL = /[\s,{]"ref"\s*:\s*"([^"\\]{1,64})"\s*\}\s*$/;

/**
 * Finds the `event` and the `ref` of a frame without parsing it: the event if it is the first member, the ref if it follows
 * the event or is the last member. `head` is the beginning of the text, `tail` its end; for a short frame both are the text.
 */
export function frameEdges(head: string, tail: string): FrameEdges {
  const begins = HEAD.exec(head.slice(0, EDGE_LENGTH));
  const ends = TAIL.exec(tail.slice(-EDGE_LENGTH));
  return { event: begins?.[1] ?? '', ref: Ref.safeParse(ends?.[1] ?? begins?.[2]).data };
}
