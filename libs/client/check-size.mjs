// Fails the build when what a browser loads of this package is 15 KB or more, bundled, minified and compressed, with
// everything that it exports; or when it would load anything that is not this package's own.
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
    // Vite's library mode leaves the blanks in; a page's bundler does not.
    rolldownOptions: { input: join(DIST, 'index.js'), preserveEntrySignatures: 'strict' },
  },
});

const chunks = output.filter(({ type }) => type === 'chunk');
const strangers = chunks.flatMap(({ imports, dynamicImports, moduleIds }) => [
  ...[...imports, ...dynamicImports].filter((name) => !chunks.some(({ fileName }) => fileName === name)),
  ...moduleIds.filter((id) => !id.startsWith(DIST + sep)),
]);
if (strangers.length > 0) throw new Error(`The browser would have to load ${strangers.join(', ')}.`);

const files = chunks.flatMap(({ moduleIds }) => moduleIds);
const code = chunks.map((chunk) => chunk.code).join('');
const bytes = gzipSync(code, { level: 9 }).length;
console.log(
  `@white-rabbit/client: ${files.length} files, ${code.length} bytes minified, ${bytes} compressed (limit ${LIMIT_BYTES})`,
);
if (bytes >= LIMIT_BYTES) process.exitCode = 1;
