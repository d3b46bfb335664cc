import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const RUNBOOK = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const ALERTS = RUNBOOK.slice(RUNBOOK.indexOf('\n## Alerts'));
const commands = [...ALERTS.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);

describe('The runbook', () => {
  it.each(commands)('has commands that a shell can read: %s', (block) => {
    expect(() => execFileSync('bash', ['-n'], { input: block, stdio: 'pipe' })).not.toThrow();
  });
});
