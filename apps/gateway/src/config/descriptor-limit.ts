import { readFileSync } from 'node:fs';

/**
 * The number of file descriptors that this process may open; Node has raised the soft limit to the hard one.
 * `undefined` if there is no /proc.
 */
export function descriptorLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
