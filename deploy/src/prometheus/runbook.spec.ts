import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { OBJECTIVES } from './objectives.js';
import { RULE_GROUPS } from './rules-file.js';

const RUNBOOK = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const PARTS = ['Meaning', 'Impact', 'Diagnosis', 'Fix'];

const alerts = RULE_GROUPS.flatMap(({ rules }) => rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : [])));
const names = [...new Set(alerts)];

/** Entries by their headings: what stands between a heading and the next one. */
const entries = new Map(
  RUNBOOK.split(/^(?=#{2,3} )/m).map((text) => [/^#+ (.*)$/m.exec(text)?.[1] ?? '', text] as const),
);
const commands = (text: string) => [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);
/** The functions that a block uses or defines. */
const functionsIn = (block: string) => [...new Set(block.match(/^wr_[a-z_]+/gm) ?? [])];

describe('The runbook', () => {
  it('has an entry for each alert, and no entry without an alert', () => {
    const headings = [...RUNBOOK.matchAll(/^#+ (Wr\w+)$/gm)].map(([, heading]) => heading);
    expect(headings.toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('says of %s meaning, impact, diagnosis and fix, the last two with commands', (name) => {
    const entry = entries.get(name) ?? '';
    expect([...entry.matchAll(/^\*\*(\w+):\*\* \S/gm)].map(([, part]) => part)).toEqual(PARTS);
    for (const part of ['Diagnosis', 'Fix']) {
      const [, after = ''] = entry.split(`**${part}:**`);
      const [own = ''] = after.split(/^\*\*\w+:\*\*/m);
      expect({ part, blocks: commands(own).length }).toEqual({ part, blocks: 1 });
    }
  });

  it('defines the functions that the entries use, for Kubernetes and for Docker Compose alike', () => {
    const [kubernetes = '', compose = ''] = commands(entries.get('Commands') ?? '');
    const defined = (block: string) => [...block.matchAll(/^(wr_[a-z_]+)\(\)/gm)].map(([, name]) => name);
    expect(kubernetes).toContain('kubectl');
    expect(compose).toContain('docker compose');
    expect(defined(compose)).toEqual(defined(kubernetes));
    const used = names.flatMap((name) => commands(entries.get(name) ?? '').flatMap(functionsIn));
    expect(used.filter((name) => !defined(kubernetes).includes(name))).toEqual([]);
    expect(defined(kubernetes).filter((name) => name !== undefined && !used.includes(name))).toEqual([]);
  });

  it('links to headings that it has', () => {
    const anchors = [...RUNBOOK.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
    const links = [...RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(names.length);
    expect(links.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
  });

  it('says the target of each objective', () => {
    const section = entries.get('Service level objectives') ?? '';
    for (const { target, alert } of OBJECTIVES) {
      const row = section.split('\n').find((line) => line.includes(`#${alert.toLowerCase()}`));
      expect(row).toContain(`${Number((target * 100).toFixed(3))} %`);
    }
  });
});
