import { describe, expect, it } from '@jest/globals';
import { installMissing } from './install-missing.js';

/** apt-get update asks mirrors, and may wait for others who install. Milliseconds. */
const APT_MS = 400_000;

async function said(...programs: Parameters<typeof installMissing>[0]): Promise<readonly string[]> {
  const lines: string[] = [];
  await installMissing(programs, (line) => lines.push(line));
  return lines;
}

describe('Installing what is missing', () => {
  it('does and says nothing where all is there', async () => {
    expect(await said({ program: 'sh', debianPackage: 'dash' })).toEqual([]);
  });

  it(
    'says of a package that cannot be had what is missing, and goes on',
    async () => {
      const lines = await said({ program: 'no-such-program', debianPackage: 'no-such-package-anywhere' });
      expect(lines.join('\n')).toContain('no-such-package-anywhere');
      expect(lines.join('\n')).toMatch(/is missing; install it|apt-get update failed/);
    },
    APT_MS,
  );
});
