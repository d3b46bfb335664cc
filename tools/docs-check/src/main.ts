import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokenLinks } from './links.ts';
import { isMarkdown, References } from './references.ts';
import { readRepository } from './repository.ts';
import { report, type WordList } from './report.ts';
import { bannedWords, unusedExceptions } from './words.ts';

// npm run check:docs
// Fails if a relative link, a reference to a document, a name or a phrase is wrong.
//   -- PATH…      shows the findings below these paths, also if they are in the list `notYet`
//   -- --shrink   removes the paths from `notYet` that have no findings any more

const LIST = join(import.meta.dirname, 'words.json');
const list = JSON.parse(await readFile(LIST, 'utf8')) as WordList;
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const files = await readRepository();
const references = new References(files);
const findings = files.flatMap((file) => [
  ...bannedWords(file, list.banned, list.exceptions),
  ...references.dangling(file),
]);

const { problems, clean } = report(findings, asked.length > 0 ? [] : list.notYet);
const shown = asked.length > 0 ? problems.filter((line) => asked.some((path) => line.startsWith(path))) : problems;
const unused = unusedExceptions(files, list.exceptions).map(
  ({ path, text }) => `exception not needed: "${text}" in ${path}`,
);
for (const line of [...shown, ...unused]) console.error(line);

if (process.argv.includes('--shrink')) {
  const notYet = list.notYet.filter((path) => !clean.includes(path));
  await writeFile(LIST, `${JSON.stringify({ ...list, notYet }, undefined, 2)}\n`);
}

const documents = files.filter(isMarkdown).map(({ path }) => path);
const broken = brokenLinks(documents);
if (broken !== '') console.error(broken);

console.error(`${files.length} files, ${documents.length} documents, ${list.notYet.length} paths not checked yet`);
process.exitCode = shown.length + unused.length > 0 || broken !== '' ? 1 : 0;
