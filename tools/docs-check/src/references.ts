import { dirname, join } from 'node:path/posix';
import type { TextFile } from './repository.ts';
import type { Finding } from './words.ts';

/** Pages elsewhere are not checked. */
const ABSOLUTE_LINK = /\bhttps?:\/\/\S+/gu;
const DOCUMENT = /(?<file>(?:[\w.-]+\/)*[\w.-]+\.md)\b(?:`?,? section (?<section>\d+))?/gu;
const ADR = /\bADR 0*(?<number>\d+)\b/gu;
const NPM_SCRIPT = /\bnpm run (?:-s )?(?<script>[a-z][\w:]*)/gu;
/** Names that stand in backticks: a class or type, a setting, a metric. */
const NAME = /`(?<name>(?:[A-Z][a-z0-9]+){2,}|WR_[A-Z0-9_]*[A-Z0-9]|wr_[a-z0-9_]*[a-z0-9])(?=[`=(.\s{])/gu;
/** The gateway forms these names: the file of the secret that the setting without the suffix holds. */
const FILE_SUFFIX = /_FILE$/u;
/** Folders of which every path in backticks must exist. */
const PATH = /`(?<path>(?:apps|libs|deploy|k8s|docs|tools)\/[\w./-]+?)\/?`/gu;
/** The changelog may speak of what a version removed. */
const NAMES_ALLOWED = /^CHANGELOG\.md$/u;

/** Knows which documents, paths, scripts and names the repository has. */
export class References {
  readonly #documents: ReadonlyMap<string, string>;
  readonly #paths: ReadonlySet<string>;
  readonly #scripts: ReadonlySet<string>;
  readonly #words: ReadonlySet<string>;
  readonly #adrs: ReadonlySet<number>;

  constructor(files: readonly TextFile[]) {
    this.#documents = new Map(files.filter(isMarkdown).map(({ path, text }) => [path, text]));
    this.#paths = new Set(files.flatMap(({ path }) => [path, ...foldersOf(path)]));
    this.#scripts = new Set(files.filter(isPackage).flatMap(({ text }) => scriptsOf(text)));
    this.#words = new Set(files.filter((file) => !isMarkdown(file)).flatMap(({ text }) => text.match(/\w+/gu) ?? []));
    this.#adrs = new Set(
      [...this.#documents.keys()].flatMap((path) => /adr\/(\d{4})-/u.exec(path)?.[1] ?? []).map(Number),
    );
  }

  /** Finds what a file refers to and the repository does not have. */
  dangling(file: TextFile): readonly Finding[] {
    return file.text
      .split('\n')
      .flatMap((text, index) =>
        this.#problems(file, text).map((problem) => ({ path: file.path, line: index + 1, problem })),
      );
  }

  #problems(file: TextFile, line: string): readonly string[] {
    return [
      ...this.#danglingDocuments(file.path, line),
      ...groups(line, ADR, 'number')
        .filter((number) => !this.#adrs.has(Number(number)))
        .map((n) => `no ADR ${n}`),
      ...(isMarkdown(file) && !NAMES_ALLOWED.test(file.path) ? this.#danglingNames(file.path, line) : []),
    ];
  }

  #danglingDocuments(path: string, line: string): readonly string[] {
    return [...line.replaceAll(ABSOLUTE_LINK, '').matchAll(DOCUMENT)].flatMap(({ groups = {} }) => {
      const { file = '', section } = groups as { readonly file?: string; readonly section?: string };
      const target = this.#document(path, file);
      if (target === undefined) return [`no document ${file}`];
      const isMissing = section !== undefined && !new RegExp(`^#+ ${section}\\. `, 'mu').test(target);
      return isMissing ? [`${file} has no section ${section}`] : [];
    });
  }

  /** A document by its path from the root, from the file that names it or from a folder above, or by its bare name. */
  #document(from: string, file: string): string | undefined {
    const paths = [...this.#documents.keys()];
    const candidates = [
      join(dirname(from), file),
      file.replace(/^(?:\.\.\/)+/u, ''),
      ...paths.filter((path) => path.endsWith(`/${file}`)),
    ];
    return candidates.map((path) => this.#documents.get(path)).find((text) => text !== undefined);
  }

  #danglingNames(from: string, line: string): readonly string[] {
    const hasPath = (path: string) => this.#paths.has(path) || this.#paths.has(join(dirname(from), path));
    return [
      ...groups(line, NPM_SCRIPT, 'script')
        .filter((name) => !this.#scripts.has(name))
        .map((n) => `no script ${n}`),
      ...groups(line, NAME, 'name')
        .filter((name) => !this.#words.has(name) && !this.#words.has(name.replace(FILE_SUFFIX, '')))
        .map((n) => `no ${n} in the code`),
      ...groups(line, PATH, 'path')
        .filter((path) => !hasPath(path) && !/[*…]|dist/u.test(path))
        .map((p) => `no path ${p}`),
    ];
  }
}

export const isMarkdown = ({ path }: TextFile): boolean => path.endsWith('.md');
const isPackage = ({ path }: TextFile): boolean => path.endsWith('package.json');

function groups(line: string, pattern: RegExp, name: string): readonly string[] {
  return [...line.matchAll(pattern)].map((match) => match.groups?.[name] ?? '');
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function scriptsOf(text: string): readonly string[] {
  return Object.keys((JSON.parse(text) as { readonly scripts?: object }).scripts ?? {});
}
