import { MAX_TRANSFERS, type FileEnd } from '@white-rabbit/client/files';
import type { Notice } from '@white-rabbit/client/chat';
import { writeBytes } from './bytes.js';
import type { SharedFile } from './shared-file.js';

/** What the sentences say of a file. */
export type DescribedFile = Pick<SharedFile, 'name' | 'size' | 'done' | 'isMine' | 'state'>;

type Ends = Readonly<Record<FileEnd, string>>;

/** `{file}` stands for the file and `{name}` for the other peer. */
const MINE: Ends = {
  done: '{name} has received {file}.',
  declined: '{name} declined {file}.',
  cancelled: 'The transfer of {file} was cancelled.',
  interrupted: 'The transfer of {file} was interrupted. Send it again in the next call: it continues there.',
  broken: '{file} did not arrive as it is. Was it changed while it was sent? Send it again.',
  too_large: '{file} is too large: the limit is 4 GiB.',
  unreadable: '{file} cannot be read.',
  unwritable: '{file} could not be stored by {name}.',
};

const THEIRS: Ends = {
  done: '{file} has arrived. Save it, or it is deleted when you leave the page.',
  declined: 'You declined {file}.',
  cancelled: 'The transfer of {file} was cancelled.',
  interrupted: 'The transfer of {file} was interrupted. If {name} sends it again, it continues there.',
  broken: '{file} did not arrive as it is, and was deleted.',
  too_large: '{file} is too large: the limit is 4 GiB.',
  unreadable: '{name} cannot read {file} any more.',
  unwritable: 'This browser has no space for {file}.',
};

/** What happened to a file, for the log of the conversation. */
export function noticeOfFileEnd(file: DescribedFile, end: FileEnd, name: string): Notice {
  const sentence = (file.isMine ? MINE : THEIRS)[end];
  const tone = end === 'done' ? 'good' : end === 'declined' || end === 'cancelled' ? 'quiet' : 'bad';
  return { text: fill(sentence, file.name, name), tone };
}

/** The other peer offers a file. */
export function noticeOfOffer(file: DescribedFile, name: string): Notice {
  return { text: fill(`{name} offers you {file} (${writeBytes(file.size)}).`, file.name, name), tone: 'quiet' };
}

/** A file could not be offered. */
export function noticeOfNoOffer(file: string, name: string): Notice {
  const why = `you must be connected to {name}, and send at most ${MAX_TRANSFERS} files at the same time.`;
  return { text: fill(`{file} was not offered: ${why}`, file, name), tone: 'bad' };
}

/** The state of a file in a few words. */
export function wordOfFile({ state, isMine, done, size }: DescribedFile): string {
  const sizes = `${writeBytes(done)} of ${writeBytes(size)}`;
  switch (state) {
    case 'preparing':
      return `${writeBytes(size)}, reading …`;
    case 'offered':
      return isMine ? `${writeBytes(size)}, offered …` : writeBytes(size);
    case 'transferring':
      return sizes;
    case 'done':
      return isMine ? `${writeBytes(size)}, received` : `${writeBytes(size)}, complete`;
    case 'interrupted':
      return `${sizes}, interrupted`;
    case 'declined':
    case 'cancelled':
    case 'broken':
      return state;
    case 'too_large':
      return 'too large';
    case 'unreadable':
    case 'unwritable':
      return 'failed';
  }
}

/** In one pass: a name may have braces. */
function fill(sentence: string, file: string, name: string): string {
  return sentence.replace(/\{(file|name)\}/g, (_, word) => (word === 'file' ? file : name));
}
