#!/usr/bin/env node
// The program behind `npm run programs`, which `npm test` begins with: what the suites need of Debian is there before the
// first of them starts. Named programs alone where it is given names. Ends with 0 also where some stay missing: a suite
// that needs one says so, and is skipped or fails.
import { DEBIAN } from './debian-program.js';
import { installMissing } from './install-missing.js';

const names = new Set(process.argv.slice(2));
const wanted = Object.values(DEBIAN).filter(({ program }) => names.size === 0 || names.has(program));

await installMissing(wanted, (line) => {
  process.stderr.write(`${line}\n`);
});
