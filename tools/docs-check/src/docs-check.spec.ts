import { describe, expect, it } from '@jest/globals';
import { References } from './references.ts';
import { bannedWords, unusedExceptions } from './words.ts';

const BANNED = [{ phrase: 'licences?', instead: 'license', why: 'one spelling' }];

describe('bannedWords', () => {
  const words = (text: string) => bannedWords({ path: 'docs/a.md', text }, BANNED).map(({ line }) => line);

  it('finds a banned phrase with its line, in capitals and in plural, too', () => {
    expect(words('one\nTwo Licences\nthe licence')).toEqual([2, 3]);
  });

  it('does not find a banned phrase inside another word', () => {
    expect(words('sublicence licenceless')).toEqual([]);
  });

  it('says what to write instead', () => {
    const [finding] = bannedWords({ path: 'docs/a.md', text: 'a licence' }, BANNED);
    expect(finding?.problem).toBe('"licence" is banned (one spelling); write: license');
  });

  it('accepts a banned phrase that an exception allows below its path, and no other', () => {
    const exceptions = [{ path: 'docs/', text: 'licence', reason: 'quoted' }];
    const lines = (path: string, text: string) => bannedWords({ path, text }, BANNED, exceptions).length;
    expect([lines('docs/a.md', 'licence'), lines('docs/a.md', 'licences'), lines('a.md', 'licence')]).toEqual([
      0, 1, 1,
    ]);
  });
});

describe('unusedExceptions', () => {
  it('finds an exception whose text no file below its path contains', () => {
    const files = [{ path: 'docs/a.md', text: 'a Licence' }];
    const [used, unused] = [
      { path: 'docs/', text: 'licence', reason: 'quoted' },
      { path: 'libs/', text: 'licence', reason: 'quoted' },
    ];
    expect(unusedExceptions(files, [used, unused])).toEqual([unused]);
  });
});

describe('References', () => {
  const files = [
    { path: 'README.md', text: '' },
    { path: 'docs/protocol.md', text: '# P\n\n## 2. Limits\n' },
    { path: 'docs/adr/0004-poll.md', text: '' },
    { path: 'libs/cluster/src/bus.ts', text: 'export class NodeRpc {}; WR_KEY' },
    { path: 'package.json', text: '{"scripts":{"check":"x"}}' },
  ];
  const problems = (path: string, text: string) =>
    new References(files).dangling({ path, text }).map(({ problem }) => problem);

  it.each([
    ['libs/a.ts', '// see PROTOCOL.md', 'no document PROTOCOL.md'],
    ['libs/a.ts', '// see docs/protocol.md, section 3', 'docs/protocol.md has no section 3'],
    ['libs/a.ts', '// ADR 5', 'no ADR 5'],
    ['docs/a.md', '`npm run cheque`', 'no script cheque'],
    ['docs/a.md', '`NodeWatch`', 'no NodeWatch in the code'],
    ['docs/a.md', '`WR_GONE=1`', 'no WR_GONE in the code'],
    ['docs/a.md', '`WR_GONE_FILE`', 'no WR_GONE_FILE in the code'],
    ['docs/a.md', '`libs/cluster/src/courier.ts`', 'no path libs/cluster/src/courier.ts'],
  ])('finds in %s that "%s" leads nowhere', (path, text, problem) => {
    expect(problems(path, text)).toEqual([problem]);
  });

  it('accepts documents, sections, ADRs, scripts, names and paths that exist', () => {
    const text = 'protocol.md, section 2, ADR 0004, `npm run check`, `NodeRpc`, `libs/cluster`, docs/protocol.md';
    expect(problems('docs/a.md', text)).toEqual([]);
  });

  it('accepts the file of a setting that exists', () => {
    expect(problems('docs/a.md', '`WR_KEY_FILE`')).toEqual([]);
  });

  it('accepts a document in a web address, and one named by a path from another folder', () => {
    expect(problems('libs/a.ts', "'https://example.com/docs/gone.md' '../../docs/protocol.md'")).toEqual([]);
  });

  it('does not look for names in source files, where the compiler does', () => {
    expect(problems('libs/a.ts', '// `NodeWatch`')).toEqual([]);
  });
});
