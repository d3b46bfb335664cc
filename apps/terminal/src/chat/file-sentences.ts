import { MAX_FILE_BYTES, type FileEnd } from '@white-rabbit/client/files';

/** The folder for a received file, and the path of the file when it is there. */
export interface Destination {
  readonly folder: string;
  readonly path: string | undefined;
}

/** How a file that this user sent has ended, for this user. */
export function sentenceOfSent(end: FileEnd, name: string, to: string): string {
  switch (end) {
    case 'done':
      return `${to} has received ${name}. Its hash is right.`;
    case 'declined':
      return `${to} declined ${name}.`;
    case 'cancelled':
      return `${name} was stopped. ${to} has deleted what had arrived.`;
    case 'interrupted':
      return `${name} was interrupted. If you send it again, it goes on from there.`;
    case 'broken':
      return `${name} did not arrive as it was offered. It may have changed while it was sent. Send it again.`;
    case 'too_large':
      return `${name} was not sent: the limit is ${sizeOf(MAX_FILE_BYTES)}.`;
    case 'unreadable':
      return `${name} cannot be read any more.`;
    case 'unwritable':
      return `${to} cannot store ${name}.`;
  }
}

/** How a file that was offered to this user has ended, for this user. Without a destination it was not accepted. */
export function sentenceOfReceived(end: FileEnd, name: string, from: string, to?: Destination): string {
  const kept = `What has arrived is kept in ${to?.folder ?? ''}: if ${from} sends the file again, it goes on from there.`;
  if (end === 'declined') return `You declined ${name}.`;
  if (!to) return `${from} offers ${name} no longer.`;
  switch (end) {
    case 'done':
      return `${name} from ${from} is stored as ${to.path ?? to.folder}. Its hash is right.`;
    case 'cancelled':
      return `${name} was stopped. What had arrived was deleted.`;
    case 'interrupted':
      return `${name} was interrupted. ${kept}`;
    case 'broken':
      return `${name} did not arrive as ${from} offered it, and was deleted. Ask ${from} to send it again.`;
    case 'too_large':
      return `${name} is too large: the limit is ${sizeOf(MAX_FILE_BYTES)}.`;
    case 'unreadable':
      return `${from} cannot read ${name} any more. ${kept}`;
    case 'unwritable':
      return `${name} cannot be written to ${to.folder}. Check its free space and its permissions.`;
  }
}

const UNITS = ['B', 'KB', 'MB', 'GB'];

/** A size for people: `640 B`, `1.2 MB`. Decimal units. */
export function sizeOf(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power] ?? ''}`;
}
