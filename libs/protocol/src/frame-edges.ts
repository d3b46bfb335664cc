import { Ref } from './ids.js';

/** Characters at either end of a frame that are looked at. */
export const EDGE_LENGTH = 128;

/** What an answer to a frame that is not read can repeat of it. */
export interface FrameEdges {
  /** Empty unless the frame begins with it. */
  readonly event: string;
  readonly ref: Ref | undefined;
}

const HEAD = /^\s*\{\s*"event"\s*:\s*"([a-z_]{1,64})"(?:\s*,\s*"ref"\s*:\s*"([^"\\]{1,64})"\s*[,}])?/;
// The quote before `ref` opens a name: a blank, a comma or a brace before a quote that closes a string, and a letter
// behind it, would not be JSON; and an escaped quote has a backslash before it.
const TAIL = /[\s,{]"ref"\s*:\s*"([^"\\]{1,64})"\s*\}\s*$/;

/**
 * Finds the `event` and the `ref` of a frame without reading it: the event if it is the first member, the ref if it is the
 * second behind that or the last. `head` is how the text of the frame begins, `tail` how it ends; a short frame is both.
 */
export function frameEdges(head: string, tail: string): FrameEdges {
  const begins = HEAD.exec(head.slice(0, EDGE_LENGTH));
  const ends = TAIL.exec(tail.slice(-EDGE_LENGTH));
  return { event: begins?.[1] ?? '', ref: Ref.safeParse(ends?.[1] ?? begins?.[2]).data };
}
