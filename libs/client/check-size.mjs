// Bundles, minifies and compresses the entry points for browsers, and prints their sizes. Fails the build if the main one
// has 15 KB or more, or if one of them imports a module of another package.
import { join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const LIMIT_BYTES = 15_000;
const DIST = join(import.meta.dirname, 'dist');

/** Bundles an entry point with all that it uses. */
async function bundle(entry) {
  const { output } = await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2024',
      modulePreload: false,
      // Vite's library mode does not remove whitespace; the bundler of a page does.
      rolldownOptions: { input: join(DIST, entry), preserveEntrySignatures: 'strict' },
    },
  });
  const chunks = output.filter(({ type }) => type === 'chunk');
  const foreign = chunks.flatMap(({ imports, dynamicImports, moduleIds }) => [
    ...[...imports, ...dynamicImports].filter((name) => !chunks.some(({ fileName }) => fileName === name)),
    ...moduleIds.filter((id) => !id.startsWith(DIST + sep)),
  ]);
  if (foreign.length > 0) throw new Error(`${entry} imports ${foreign.join(', ')}.`);
  const code = chunks.map((chunk) => chunk.code).join('');
  return {
    modules: chunks.flatMap(({ moduleIds }) => moduleIds).length,
    minified: code.length,
    compressed: gzipSync(code, { level: 9 }).length,
  };
}

for (const [name, entry, limit] of [
  ['@white-rabbit/client', 'index.js', LIMIT_BYTES],
  ['@white-rabbit/client/chat', 'chat/index.js'],
  ['@white-rabbit/client/files', 'files/index.js'],
]) {
  const { modules, minified, compressed } = await bundle(entry);
  const bound = limit ? `limit ${limit}` : 'with what it uses of the others';
  console.log(`${name}: ${modules} modules, ${minified} bytes minified, ${compressed} compressed (${bound})`);
  if (limit && compressed >= limit) process.exitCode = 1;
}
