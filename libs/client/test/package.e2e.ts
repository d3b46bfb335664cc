import { execFile } from 'node:child_process';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { examplesOf } from './readme-examples.js';

const run = promisify(execFile);
const PACKAGE = join(REPOSITORY_ROOT, 'libs/client');
/** Packing, and compiling a small project. Milliseconds. */
const SLOW_MS = 60_000;

const STRICT = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: 'es2022',
  lib: ['es2022', 'dom', 'esnext.disposable'],
  types: [],
};

let project: string;
let installed: string;
/** The files of the project: an example program, and the examples of the README. */
let sources: readonly string[];

/** What the examples of the README do not declare. */
const NAMES = `
declare const licenseKey: string;
declare const friend: string;
declare const peerId: string;
declare const client: import('@white-rabbit/client').Client;
declare const peer: import('@white-rabbit/client').PeerCall;
`;

/** The connection has the type that the application gave: tracks are added without a cast. */
const TRACKS = `
import { PeerCall, type Call } from '@white-rabbit/client';

export function showVideo(call: Call, camera: MediaStream, video: HTMLVideoElement): PeerCall {
  const peer = new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });
  for (const track of camera.getTracks()) peer.connection.addTrack(track, camera);
  peer.connection.addEventListener('track', ({ streams: [stream] }) => (video.srcObject = stream ?? null));
  peer.openChannel('moves', { ordered: false, maxRetransmits: 0 }).send(Uint8Array.of(1));
  return peer;
}
`;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  installed = join(project, 'node_modules/@white-rabbit/client');
  await mkdir(installed, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: PACKAGE });
  const [{ filename } = { filename: '' }] = JSON.parse(stdout) as { filename: string }[];
  await run('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', installed]);
  await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }');
  await cp(join(PACKAGE, 'examples/browser.ts'), join(project, 'browser.ts'));
  await writeFile(join(project, 'names.d.ts'), NAMES);
  await writeFile(join(project, 'tracks.ts'), TRACKS);
  const examples = await examplesOf('README.md');
  await Promise.all(examples.map(({ code }, index) => writeFile(join(project, `readme-${index}.ts`), code)));
  sources = ['browser.ts', 'names.d.ts', 'tracks.ts', ...examples.map((_, index) => `readme-${index}.ts`)];
}, SLOW_MS);
afterAll(async () => {
  await rm(project, { recursive: true });
});

describe('The packed client', () => {
  it('has what it needs at run time and its sources, and neither tests nor dependencies', async () => {
    const files = await readdir(installed, { recursive: true });
    expect(files).toEqual(expect.arrayContaining(['README.md', 'PEER-CALLS.md', 'dist/index.js', 'src/index.ts']));
    expect(files.filter((file) => /spec|e2e|\.tsbuildinfo/.test(file))).toEqual([]);
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      license: expect.any(String),
      engines: { node: '>=20' },
      files: expect.arrayContaining(['dist', 'src']),
      publishConfig: { access: 'public', provenance: true },
      sideEffects: false,
    });
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('private');
  });

  it('has types, code and a source map for each entry point', async () => {
    const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
      exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
    };
    expect(Object.keys(exports)).toEqual(['.', './chat', './files', './reconnect', './node']);
    for (const { types, default: code } of Object.values(exports)) {
      expect(await readFile(join(installed, types), 'utf8')).not.toMatch(/@white-rabbit|@internal/);
      const map = JSON.parse(await readFile(join(installed, `${code}.map`), 'utf8')) as { readonly sources: string[] };
      const sources = map.sources.map((source) => join(dirname(join(installed, code)), source));
      await Promise.all(sources.map((source) => access(source)));
      expect(sources).toHaveLength(1);
    }
  });

  it.each([
    ['bundler', 'esnext'],
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
  ])(
    'compiles in a strict project with moduleResolution %s, with types of its own',
    async (moduleResolution, module) => {
      const config = join(project, `tsconfig.${moduleResolution}.json`);
      const options = { ...STRICT, module, moduleResolution };
      await writeFile(config, JSON.stringify({ compilerOptions: options, files: sources }));
      const compiler = join(REPOSITORY_ROOT, 'node_modules/typescript/bin/tsc');
      const { stdout } = await run(process.execPath, [compiler, '-p', config]).catch(
        (error: unknown) => error as { stdout: string },
      );
      expect(stdout).toBe('');
    },
    SLOW_MS,
  );

  it(
    'is bundled by Vite',
    async () => {
      await writeFile(join(project, 'index.html'), '<script type="module" src="./page.ts"></script>');
      await writeFile(
        join(project, 'page.ts'),
        "import { callFriend } from './browser.js'; import { blobSource } from '@white-rabbit/client/files'; console.log(callFriend, blobSource);",
      );
      await run(process.execPath, [
        join(PACKAGE, 'node_modules/vite/bin/vite.js'),
        'build',
        '--logLevel',
        'error',
        project,
      ]);
      expect((await readdir(join(project, 'dist/assets'))).some((file) => file.endsWith('.js'))).toBe(true);
    },
    SLOW_MS,
  );
});
