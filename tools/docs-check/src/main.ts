import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokenLinks } from './links.ts';
import { isMarkdown, References } from './references.ts';
import { readRepository } from './repository.ts';
import { bannedWords, unusedExceptions, type WordList } from './words.ts';

// npm run check:docs
// Fails if a relative link, a reference to a document, a name or a phrase is wrong.
//   -- PATH…   shows the findings below these paths only

const LIST = join(import.meta.dirname, 'words.json');
const list = JSON.parse(await readFile(LIST, 'utf8')) as WordList;
const asked = process.argv.slice(2);

const files = await readRepository();
const references = new References(files);
const findings = files.flatMap((file) => [
  ...bannedWords(file, list.banned, list.exceptions),
  ...references.dangling(file),
]);

const problems = findings.map(({ path, line, problem }) => `${path}:${line} ${problem}`);
const shown = asked.length > 0 ? problems.filter((line) => asked.some((path) => line.startsWith(path))) : problems;
const unused = unusedExceptions(files, list.exceptions).map(
  ({ path, text }) => `exception not needed: "${text}" in ${path}`,
);
for (const line of [...shown, ...unused]) console.error(line);

const documents = files.filter(isMarkdown).map(({ path }) => path);
const broken = brokenLinks(documents);
if (broken !== '') console.error(broken);

console.error(`${files.length} files, ${documents.length} documents`);
process.exitCode = shown.length + unused.length > 0 || broken !== '' ? 1 : 0;
