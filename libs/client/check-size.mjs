// Fails the build if the main entry point of this package, bundled, minified and compressed, has 15 KB or more, or if it
// imports a module of another package.
import { join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const LIMIT_BYTES = 15_000;
const DIST = join(import.meta.dirname, 'dist');

const { output } = await build({
  configFile: false,
  root: import.meta.dirname,
  logLevel: 'error',
  build: {
    write: false,
    target: 'es2024',
    modulePreload: false,
    // Vite's library mode does not remove whitespace; the bundler of a page does.
    rolldownOptions: { input: join(DIST, 'index.js'), preserveEntrySignatures: 'strict' },
  },
});

const chunks = output.filter(({ type }) => type === 'chunk');
const foreign = chunks.flatMap(({ imports, dynamicImports, moduleIds }) => [
  ...[...imports, ...dynamicImports].filter((name) => !chunks.some(({ fileName }) => fileName === name)),
  ...moduleIds.filter((id) => !id.startsWith(DIST + sep)),
]);
if (foreign.length > 0) throw new Error(`The entry point imports ${foreign.join(', ')}.`);

const files = chunks.flatMap(({ moduleIds }) => moduleIds);
const code = chunks.map((chunk) => chunk.code).join('');
const bytes = gzipSync(code, { level: 9 }).length;
console.log(
  `@white-rabbit/client: ${files.length} files, ${code.length} bytes minified, ${bytes} compressed (limit ${LIMIT_BYTES})`,
);
if (bytes >= LIMIT_BYTES) process.exitCode = 1;
