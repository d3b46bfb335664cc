#!/usr/bin/env node
// The program behind `npm run setup:system`, which `npm test` runs first: it installs the packages of Debian that the suites
// need and the machine lacks. With arguments, only the programs named. The exit code is 0 even if a program stays missing: a
// suite that needs it is skipped and says so, or fails if CI is set.
import { DEBIAN } from './debian-program.js';
import { installMissing } from './install-missing.js';

const names = new Set(process.argv.slice(2));
const wanted = Object.values(DEBIAN).filter(({ program }) => names.size === 0 || names.has(program));

await installMissing(wanted, (line) => {
  process.stderr.write(`${line}\n`);
});
