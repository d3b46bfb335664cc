import { describe, expect, it } from '@jest/globals';
import { installMissing } from './install-missing.js';

/** apt-get update contacts mirrors, and may wait for another process that installs. Milliseconds. */
const APT_MS = 400_000;

async function linesOf(...programs: Parameters<typeof installMissing>[0]): Promise<readonly string[]> {
  const lines: string[] = [];
  await installMissing(programs, (line) => lines.push(line));
  return lines;
}

describe('installMissing', () => {
  it('does nothing and prints nothing if no program is missing', async () => {
    expect(await linesOf({ program: 'sh', debianPackage: 'dash' })).toEqual([]);
  });

  it(
    'first prints what it installs, and names a package that cannot be installed',
    async () => {
      const lines = await linesOf({ program: 'no-such-program', debianPackage: 'no-such-package-anywhere' });
      expect(lines[0]).toMatch(/no-such-package-anywhere/);
      expect(lines.join('\n')).toMatch(/is missing; install it|apt-get update failed/);
    },
    APT_MS,
  );
});
