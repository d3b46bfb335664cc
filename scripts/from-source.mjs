// Runs TypeScript of the workspace without a build: `node --import ./scripts/from-source.mjs apps/gateway/src/main.ts`.
//
// swc compiles each file when it is imported, with the options that the tests use, and checks no types: `npm run check` and
// the build of the images do. node_modules/.cache keeps the outputs by the hash of their sources, V8's compiled code, and
// where the imports of installed packages lead: a later start compiles only what has changed. `npm ci` empties that folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

const require = createRequire(import.meta.url);
const NODE_MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));
const CACHE = join(NODE_MODULES, '.cache/white-rabbit');
const TYPESCRIPT = /^file:.*\.tsx?$/;

/** Part of each hash: an output of another version of swc, or of other options, is not used. */
const COMPILER = JSON.stringify([require('@swc/core/package.json').version, swcOptions('.ts'), swcOptions('.tsx')]);

/** Imports within installed packages: a gateway has 1,500, and looking for them takes a quarter of its start. */
const IMPORTS = join(CACHE, `imports-${installation()}.json`);
const imports = readImports();
const known = imports.size;

enableCompileCache(join(CACHE, 'v8'));
registerHooks({ resolve, load });
process.on('exit', () => {
  if (imports.size > known) keep(IMPORTS, JSON.stringify([...imports]));
});

/** Changes whenever npm changes node_modules. */
function installation() {
  const { mtimeMs = 0 } = statSync(join(NODE_MODULES, '.package-lock.json'), { throwIfNoEntry: false }) ?? {};
  return Math.trunc(mtimeMs);
}

function readImports() {
  try {
    return new Map(JSON.parse(readFileSync(IMPORTS, 'utf8')));
  } catch {
    return new Map();
  }
}

/** A package of the workspace resolves to its source, and `./x.js` in TypeScript to `./x.ts` or `./x.tsx`. */
function resolve(specifier, context, next) {
  if (context.parentURL?.includes('/node_modules/')) return resolveInstalled(specifier, context, next);
  const conditions = [...context.conditions, '@white-rabbit/source'];
  return next(sourceOf(specifier, context.parentURL) ?? specifier, { ...context, conditions });
}

function resolveInstalled(specifier, context, next) {
  const key = `${context.conditions.includes('require') ? 'require' : 'import'} ${specifier} ${context.parentURL}`;
  const found = imports.get(key);
  if (found !== undefined) return { ...found, shortCircuit: true };
  const { url, format } = next(specifier, context);
  imports.set(key, { url, format });
  return { url, format };
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
