import type { TextFile } from './repository.ts';

/** A phrase that documents and source files must not contain. `phrase` is a regular expression for whole words. */
export interface BannedPhrase {
  readonly phrase: string;
  readonly instead: string;
  readonly why: string;
}

/** Allows `text`, compared without case, in each file whose path begins with `path`. */
export interface WordException {
  readonly path: string;
  readonly text: string;
  readonly reason: string;
}

/** The content of words.json. */
export interface WordList {
  readonly banned: readonly BannedPhrase[];
  readonly exceptions: readonly WordException[];
}

/** What is wrong in one line of a file. `line` counts from 1. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

/** Finds every banned phrase of a file, without regard to case, except those that an exception allows. */
export function bannedWords(
  file: TextFile,
  banned: readonly BannedPhrase[],
  exceptions: readonly WordException[] = [],
): readonly Finding[] {
  const all = new RegExp(banned.map(({ phrase }) => `(\\b(?:${phrase})\\b)`).join('|'), 'giu');
  const allowed = exceptions.filter(({ path }) => file.path.startsWith(path)).map(({ text }) => text.toLowerCase());
  return file.text.split('\n').flatMap((text, index) =>
    [...text.matchAll(all)]
      .filter(([found]) => !allowed.includes(found.toLowerCase()))
      .map(([found, ...groups]) => {
        const phrase = banned[groups.indexOf(found)];
        const problem = `"${found}" is banned (${phrase?.why ?? ''}); write: ${phrase?.instead ?? ''}`;
        return { path: file.path, line: index + 1, problem };
      }),
  );
}

/** The exceptions that no file needs: their text does not occur below their path. */
export function unusedExceptions(
  files: readonly TextFile[],
  exceptions: readonly WordException[],
): readonly WordException[] {
  const needs = (file: TextFile, { path, text }: WordException) =>
    file.path.startsWith(path) && file.text.toLowerCase().includes(text.toLowerCase());
  return exceptions.filter((exception) => !files.some((file) => needs(file, exception)));
}
