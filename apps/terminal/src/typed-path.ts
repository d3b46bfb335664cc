import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path as users type it: with `~/` for the home folder, or in the quotes of a terminal into which a file was dragged. */
export function typedPath(typed: string): string {
  const path = /^(['"])(.+)\1$/su.exec(typed)?.[2] ?? typed;
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
