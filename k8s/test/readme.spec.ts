import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { ROOT } from './render.js';

const README = await readFile(join(ROOT, 'README.md'), 'utf8');

/** Lines of the shell blocks of README.md, without comments. */
const COMMANDS = [...README.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
  block.split('\n').map((line) => line.replace(/ +#.*/, '').trim()),
);

/** The folder in which a line runs: this one, or the one that it changes to in parentheses. */
const folderOf = (line: string) => resolve(ROOT, /^\(cd (\S+) && /.exec(line)?.[1] ?? '.');

it('every npm script in the commands of README.md exists in the folder in which the command runs', async () => {
  const scripts = COMMANDS.filter((line) => line.includes('npm run '));
  expect(scripts).not.toEqual([]);
  for (const line of scripts) {
    const { scripts: known } = JSON.parse(await readFile(join(folderOf(line), 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(Object.keys(known)).toContain(/npm run (\S+)/.exec(line)?.[1]);
  }
});

it('every file and folder in the commands of README.md exists, but for what the operator writes', async () => {
  const paths = COMMANDS.flatMap((line) => line.match(/(?<=[\s=])(\.\.|base|overlays|examples)\/[\w./-]+/g) ?? []);
  expect(paths.length).toBeGreaterThan(4);
  for (const path of paths.filter((one) => one !== 'overlays/yours')) await stat(join(ROOT, path));
});
