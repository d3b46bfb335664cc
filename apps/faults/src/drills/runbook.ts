import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

/** The runbook; its entries are headings with the names of the alerts. */
const PAGE = join(REPOSITORY_ROOT, 'docs/operations.md');

/** An entry of the runbook: the commands of its two blocks, one a line, as they are written. */
export interface Entry {
  readonly alert: string;
  readonly diagnosis: readonly string[];
  readonly fix: readonly string[];
}

/** The entries of the runbook, in its order. @throws Error if an entry lacks one of the two blocks. */
export async function readRunbook(page = PAGE): Promise<readonly Entry[]> {
  const sections = (await readFile(page, 'utf8')).split(/^(?=#{2,3} )/m);
  return sections.flatMap((section) => {
    const alert = /^### (Wr\w+)$/m.exec(section)?.[1];
    return alert === undefined
      ? []
      : [{ alert, diagnosis: commandsOf(section, 'Diagnosis'), fix: commandsOf(section, 'Fix') }];
  });
}

function commandsOf(section: string, part: 'Diagnosis' | 'Fix'): readonly string[] {
  const [, after = ''] = section.split(`**${part}:**`);
  const block = /^```sh\n([\s\S]*?)^```$/m.exec(after)?.[1];
  if (block === undefined) throw new Error(`${section.split('\n')[0] ?? ''} has no commands under ${part}.`);
  return block.split('\n').filter((line) => line.trim() !== '');
}

/** A command without its comment. */
export function withoutComment(command: string): string {
  return command.replace(/\s+#\s.*$/, '').trim();
}
