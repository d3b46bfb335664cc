// Bundles the program and its libraries into one file that needs nothing but Node: dist/bundle/white-rabbit.js. Beside it are
// the licenses of the libraries.
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = import.meta.dirname;
const FOLDER = join(ROOT, 'dist/bundle');
const PROGRAM = join(FOLDER, 'white-rabbit.js');
const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));

/** Ink loads its development tools if DEV is set. They need a package that is not installed. */
const withoutDevelopmentTools = {
  name: 'without-development-tools',
  load: (id) => (id.endsWith('/ink/build/devtools.js') ? 'export {};' : null),
};

await rm(FOLDER, { recursive: true, force: true });
const bundle = await rolldown({
  input: join(ROOT, 'src/main.ts'),
  platform: 'node',
  tsconfig: false,
  resolve: {
    conditionNames: ['@white-rabbit/source', 'node', 'import', 'default'],
    extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
  },
  transform: {
    target: 'node20.19',
    jsx: { runtime: 'automatic' },
    define: { 'process.env.NODE_ENV': '"production"', BUNDLED_VERSION: JSON.stringify(version) },
  },
  plugins: [withoutDevelopmentTools],
  onLog: (level, { code, message }) => {
    if (level === 'warn') throw new Error(`${code ?? 'Warning'}: ${message}`);
  },
});
const { output } = await bundle.write({ file: PROGRAM, format: 'esm', codeSplitting: false, minify: true });
await bundle.close();

const foreign = output[0].imports.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
if (foreign.length > 0) throw new Error(`The program imports ${foreign.join(', ')}.`);
await chmod(PROGRAM, 0o755);
await writeFile(join(FOLDER, 'LICENSES.txt'), await licensesOf(output[0].moduleIds));

/** The licenses of all libraries of which the program contains a file. */
async function licensesOf(moduleIds) {
  const folders = moduleIds.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]);
  const libraries = [...new Set(folders.filter((folder) => folder !== undefined))];
  const texts = await Promise.all(libraries.map(licenseOf));
  return [...new Set(texts)].sort().join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenseOf(folder) {
  const { name, version: of, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${await readFile(join(folder, file), 'utf8')}`;
  return `${name} ${of} (${license})\n${text}`;
}
