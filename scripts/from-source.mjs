// Runs TypeScript of the workspace without a build: `node --import ./scripts/from-source.mjs apps/gateway/src/main.ts`.
//
// swc compiles each file when it is imported, with the options that the tests use, and checks no types: `npm run check` and
// the build of the images do. node_modules/.cache keeps the outputs by the hash of their sources, and V8's compiled code:
// a later start compiles what has changed, and does not load swc if nothing has. `npm ci` empties that folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

const require = createRequire(import.meta.url);
const CACHE = fileURLToPath(new URL('../node_modules/.cache/white-rabbit', import.meta.url));
const TYPESCRIPT = /^file:.*\.tsx?$/;

/** Part of each hash: an output of another version of swc, or of other options, is not used. */
const COMPILER = JSON.stringify([require('@swc/core/package.json').version, swcOptions('.ts'), swcOptions('.tsx')]);

enableCompileCache(join(CACHE, 'v8'));
registerHooks({ resolve, load });

/** A package of the workspace resolves to its source, and `./x.js` in TypeScript to `./x.ts` or `./x.tsx`. */
function resolve(specifier, context, next) {
  const conditions = [...context.conditions, '@white-rabbit/source'];
  return next(sourceOf(specifier, context.parentURL) ?? specifier, { ...context, conditions });
}

function sourceOf(specifier, parentURL = '') {
  if (!TYPESCRIPT.test(parentURL) || !/^\.{1,2}\/.*\.js$/.test(specifier)) return undefined;
  const stem = new URL(specifier, parentURL).href.slice(0, -'.js'.length);
  return [`${stem}.ts`, `${stem}.tsx`].find((url) => existsSync(fileURLToPath(url)));
}

function load(url, context, next) {
  if (!TYPESCRIPT.test(url)) return next(url, context);
  return { format: 'module', shortCircuit: true, source: compiled(fileURLToPath(url)) };
}

function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const kept = join(CACHE, `${createHash('sha256').update(COMPILER).update(file).update(source).digest('hex')}.js`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const { code } = require('@swc/core').transformSync(source, { ...swcOptions(file), filename: file });
  keep(kept, code);
  return code;
}

/** Renames the finished file into place, because two processes may compile the same source. */
function keep(kept, code) {
  try {
    mkdirSync(CACHE, { recursive: true });
    const unfinished = `${kept}.${process.pid}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, kept);
  } catch {
    // The folder cannot be written: each start compiles again.
  }
}
