import type { BannedPhrase, Finding, WordException } from './words.ts';

/** The content of words.json. `notYet` has paths of files and folders that still have findings. */
export interface WordList {
  readonly banned: readonly BannedPhrase[];
  readonly exceptions: readonly WordException[];
  readonly notYet: readonly string[];
}

/**
 * Decides which findings fail the check: each outside the paths that are not checked yet, and each such path that has
 * no finding any more, so that the list can only become shorter.
 *
 * @returns `problems`, one line each (`path:line problem`), and `clean`, the paths that must leave the list.
 */
export function report(
  findings: readonly Finding[],
  notYet: readonly string[],
): { readonly problems: readonly string[]; readonly clean: readonly string[] } {
  const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
  const clean = notYet.filter((folder) => !findings.some(({ path }) => isBelow(path, folder)));
  const failing = findings.filter(({ path }) => !notYet.some((folder) => isBelow(path, folder)));
  return {
    problems: [
      ...failing.map(({ path, line, problem }) => `${path}:${line} ${problem}`),
      ...clean.map((folder) => `${folder} is clean: remove it from notYet in tools/docs-check/src/words.json`),
    ],
    clean,
  };
}
