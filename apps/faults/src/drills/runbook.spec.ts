import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readRunbook, withoutComment } from './runbook.js';

const folder = mkdtempSync(join(tmpdir(), 'wr-runbook-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function page(text: string): string {
  const file = join(folder, 'page');
  writeFileSync(file, text);
  return file;
}

const ENTRY = `## Alerts

### WrExample

**Diagnosis:** Look.

\`\`\`sh
wr_ask "$GATEWAY" livez   # an answer

kubectl get pods
\`\`\`

**Fix:** Act.

\`\`\`sh
wr_add 3
\`\`\`
`;

describe('The commands of the runbook', () => {
  it('are the lines of the two blocks of an entry', async () => {
    expect(await readRunbook(page(ENTRY))).toEqual([
      {
        alert: 'WrExample',
        diagnosis: ['wr_ask "$GATEWAY" livez   # an answer', 'kubectl get pods'],
        fix: ['wr_add 3'],
      },
    ]);
  });

  it('are required in each entry', async () => {
    await expect(readRunbook(page(ENTRY.replace('**Fix:**', 'Fix:')))).rejects.toThrow('WrExample has no commands');
  });

  it('lose their comments, and keep a # in a word', () => {
    expect(withoutComment('wr_redis ping   # a comment')).toBe('wr_redis ping');
    expect(withoutComment('echo a#b')).toBe('echo a#b');
  });
});
