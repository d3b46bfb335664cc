import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './repository.ts';

const PROGRAM = join(ROOT, 'node_modules/.bin/remark');
const RULES = join(import.meta.dirname, 'remark.json');

/**
 * Looks up the target and the anchor of every relative link in these Markdown files with remark-validate-links.
 *
 * @param paths relative to `folder`; at least one.
 * @returns the warnings of remark, empty if every link leads somewhere.
 */
export function brokenLinks(paths: readonly string[], folder: string = ROOT): string {
  const options = ['--rc-path', RULES, '--frail', '--quiet', '--no-stdout', '--no-color'];
  const { status, stderr, error } = spawnSync(PROGRAM, [...options, ...paths], { cwd: folder, encoding: 'utf8' });
  if (error) throw error;
  return status === 0 ? '' : stderr;
}
