// Fails the build when what a browser loads, minified and compressed, is 15 KB or more. Each file is minified by
// itself, names of exports included: a bundler makes less of it, never more.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { minifySync } from '@swc/core';

const LIMIT_BYTES = 15_000;
const IMPORTS = /^(?:import|export)\b(?:[^'";]*\bfrom)?\s*['"]([^'"]+)['"]/gm;

/** The files that `entry` loads, itself included. @throws Error where one comes from outside this package. */
function loaded(entry, files = new Set()) {
  if (files.has(entry)) return files;
  files.add(entry);
  for (const [, name] of readFileSync(entry, 'utf8').matchAll(IMPORTS)) {
    if (!name.startsWith('.')) throw new Error(`The browser would have to load ${name}.`);
    loaded(join(dirname(entry), name), files);
  }
  return files;
}

const files = [...loaded(join(import.meta.dirname, 'dist/index.js'))];
const minified = files.map(
  (file) => minifySync(readFileSync(file, 'utf8'), { module: true, compress: true, mangle: true }).code,
);
const bytes = gzipSync(minified.join(''), { level: 9 }).length;
console.log(
  `@white-rabbit/client: ${files.length} files, ${minified.join('').length} bytes minified, ${bytes} compressed (limit ${LIMIT_BYTES})`,
);
if (bytes >= LIMIT_BYTES) process.exitCode = 1;
