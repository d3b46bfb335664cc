// Prints the section of CHANGELOG.md for a release: `npm run -s release:notes -- v0.1.0`. Without a tag: what is unreleased.
// Fails if the tag is not the version of package.json, or if the changelog has no such section.
import { readFileSync } from 'node:fs';

const text = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

function fail(problem) {
  console.error(problem);
  process.exit(1);
}

const [tag] = process.argv.slice(2);
const { version } = JSON.parse(text('../package.json'));
if (tag !== undefined && tag !== `v${version}`) fail(`The tag is ${tag}, but package.json has version ${version}.`);

const title = tag === undefined ? 'Unreleased' : version;
const section = text('../CHANGELOG.md')
  .split(/^(?=## )/m)
  .find((part) => part.split('\n', 1)[0].replace(/[[\]]/g, '').split(' ')[1] === title);
if (section === undefined) fail(`CHANGELOG.md has no section "## ${title}".`);
else console.log(section.slice(section.indexOf('\n') + 1).trim());
