#!/usr/bin/env node
// The program of `npm run contract`: writes the generated files of the published protocol.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { contractFiles } from './contract-files.js';

for (const { path, text } of await contractFiles()) {
  await writeFile(join(REPOSITORY_ROOT, path), text);
  process.stdout.write(`${path}\n`);
}
