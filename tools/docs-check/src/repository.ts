import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Root of the repository, an absolute path. */
export const ROOT = join(import.meta.dirname, '../../..');

/** One text file of the repository. `path` is relative to the root, with forward slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

const IGNORED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', '.git', '.nx', '.data']);
/** Made by npm, or the data and the tests of this check: they name what is banned. */
const IGNORED_FILES =
  /^(?:package-lock\.json|\.env|tools\/docs-check\/src\/(?:words\.json|.*\.(?:spec|contract)\.ts))$/u;
const TEXT_FILE = /(?:\.(?:md|ts|tsx|mjs|js|lua|json|ya?ml|html|css|sh|cfg|ini|txt|tf|toml|example)|(?:^|\/)[^./]+)$/u;

/**
 * Reads every text file of the working tree, without what npm and Nx write.
 *
 * @throws the error of the file system if a file cannot be read.
 */
export async function readRepository(): Promise<readonly TextFile[]> {
  const files = new Map<string, TextFile>();
  const entries = glob(['**', '**/.*', '**/.*/**'], {
    cwd: ROOT,
    withFileTypes: true,
    exclude: ({ name }) => IGNORED_FOLDERS.has(name),
  });
  for await (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name).slice(ROOT.length + 1);
    if (IGNORED_FILES.test(path) || !TEXT_FILE.test(path)) continue;
    files.set(path, { path, text: await readFile(join(ROOT, path), 'utf8') });
  }
  return [...files.values()].toSorted((a, b) => a.path.localeCompare(b.path));
}
