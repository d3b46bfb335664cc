import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './repository.ts';

/** The rows of the threat table: the cells of each. The first two rows are the head and the line below it. */
const rows = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .slice(2);

/** The rings of jest.preset.mjs, by the ends of their file names. */
const preset = readFileSync(join(ROOT, 'jest.preset.mjs'), 'utf8');
const [, rings = ''] = /RINGS = \{([^]*?)\n\};/.exec(preset) ?? [];
const ringOf = (end: string) =>
  new RegExp(`^ *(\\w+): \\[.*'\\*\\*/\\*${end.replaceAll('.', '[.]')}'`, 'm').exec(rings)?.[1];

/** Rings that `npm test` runs, and the configuration that a package needs for each. */
const CONFIGURATIONS: Readonly<Record<string, string>> = { test: 'jest.config.mjs', e2e: 'jest.e2e.config.mjs' };

/** Rules that the conformance kit runs, in a suite of its own. */
const RULES_FOLDER = 'apps/conformance/src/rules/';
const allRules = readFileSync(join(ROOT, RULES_FOLDER, 'all-rules.ts'), 'utf8');

/** Whether `npm test` runs the file. */
function isRun(path: string): boolean {
  if (!existsSync(join(ROOT, path))) return false;
  if (path.startsWith(RULES_FOLDER)) return allRules.includes(`./${path.slice(RULES_FOLDER.length, -3)}.js`);
  const configuration = CONFIGURATIONS[ringOf(/(\.\w+\.ts)$/.exec(path)?.[1] ?? '-') ?? ''];
  const folder = /^(?:\w+\/)*?[\w-]+(?=\/(?:src|test)\/)/.exec(path)?.[0] ?? dirname(path);
  return configuration !== undefined && existsSync(join(ROOT, folder, configuration));
}

describe('The threat table of SECURITY.md', () => {
  it('has rows of four cells', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row).toHaveLength(6);
  });

  it.each(rows.map(([, actor, threat, , tests = '']) => [actor, threat, tests] as const))(
    'names tests of %s: %s, and npm test runs each of them',
    (_, __, tests) => {
      const linked = [...tests.matchAll(/\]\(([^)#]+\.ts)\)/g)].map(([, path = '']) => path);
      expect(linked).not.toEqual([]);
      expect(linked.filter((path) => !isRun(path))).toEqual([]);
    },
  );

  it('would show a file that is missing, that no ring contains, or a rule that the kit does not run', () => {
    expect(isRun('apps/gateway/test/abuse.e2e.ts')).toBe(true);
    for (const path of ['apps/gateway/test/no-such.e2e.ts', 'apps/gateway/test/flood.ts', `${RULES_FOLDER}no-rules.ts`])
      expect(isRun(path)).toBe(false);
  });
});
