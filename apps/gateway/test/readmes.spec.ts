import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

/** The parts that do not depend on the language, in their order. */
function skeleton(file: string) {
  const text = readFileSync(join(REPOSITORY_ROOT, file), 'utf8');
  const blocks = [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, code]) => ({ language, code }));
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, marks]) => marks?.length),
    // Comments are translated, commands are not.
    commands: blocks.map(({ language, code = '' }) => ({ language, code: withoutComments(code) })),
    links: [...prose.matchAll(/\]\((?!README)([^)]+)\)/g)].map(([, target]) => target),
    settings: [...new Set(prose.match(/`(?:WR|REDIS|DATABASE)_[A-Z_]+/g))],
    tableRows: prose.split('\n').filter((line) => line.startsWith('|')).length,
  };
}

function withoutComments(code: string): string {
  return code.replaceAll(/ *(?:#|\/\/|%%) .*$/gm, '').replaceAll(/[A-Z][\w]*-*>>.*$|Note over.*$/gm, '');
}

describe('README.ko.md', () => {
  const [english, korean] = [skeleton('README.md'), skeleton('README.ko.md')];

  it.each(Object.keys(english) as (keyof typeof english)[])('has the %s of README.md, in the same order', (part) => {
    expect(korean[part]).toEqual(english[part]);
  });

  it('is in Korean', () => {
    const text = readFileSync(join(REPOSITORY_ROOT, 'README.ko.md'), 'utf8');
    const paragraphs = text.replaceAll(/```[\s\S]*?```/g, '').match(/^[^\n#|![>-].{60,}$/gm) ?? [];
    expect(paragraphs.length).toBeGreaterThan(5);
    expect(paragraphs.filter((paragraph) => !/[가-힣]/.test(paragraph))).toEqual([]);
    // Lists, tables and parts of sentences too: four small words in a row are untranslated English.
    const plain = text.replaceAll(/```[\s\S]*?```|`[^`]*`|\]\([^)]*\)/g, ' ');
    expect(plain.match(/(?:\b[a-z]+ ){3}[a-z]+\b/g)).toBeNull();
  });
});
