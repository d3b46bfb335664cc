import { execFile } from 'node:child_process';
import { cp, copyFile, mkdir, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@white-rabbit/testing';

const run = promisify(execFile);

/** What the Dockerfile's own commands and npm call. */
const PROGRAMS = ['sh', 'env', 'rm', 'find', 'chmod'];
/** Parts of the C library that native packages look for, beside what the programs are linked with. */
const MORE_LIBRARIES = ['libutil.so.1', 'librt.so.1', 'libresolv.so.2', 'libnss_dns.so.2'];
/** Where the base image has the certificates of this machine, and npm's cache. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
export const NPM_CACHE = '/var/cache/npm';

/**
 * Fills `root` with what `node:24-slim` would have, from this machine's own files: Node and npm, a shell, the libraries
 * they need, the user `node`. For tests where no registry of images can be reached.
 *
 * @returns the environment of the image, as `NAME=value`: how npm reaches its registry from here.
 */
export async function fillBaseImage(root: string): Promise<string[]> {
  const node = join(root, 'usr/local/bin/node');
  for (const folder of ['app', 'bin', 'etc', 'lib', 'root', 'tmp', 'usr/bin', 'usr/local/bin', 'usr/local/lib']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await copyFile(await realpath(process.execPath), node);
  for (const program of PROGRAMS) await copyFile(await programFile(program), join(root, 'bin', program));
  await symlink('/bin/env', join(root, 'usr/bin/env'));
  await addNpm(root);
  await addLibraries(root, [node, ...PROGRAMS.map((program) => join(root, 'bin', program))]);
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  // npm answers this in no folder of a workspace.
  const { stdout: registry } = await run('npm', ['config', 'get', 'registry'], { cwd: root });
  const environment = [
    'PATH=/usr/local/bin:/usr/bin:/bin',
    `npm_config_cache=${NPM_CACHE}`,
    `npm_config_registry=${registry.trim()}`,
  ];
  return (await addCertificates(root)) ? [...environment, `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`] : environment;
}

async function programFile(program: string): Promise<string> {
  const found = await findProgram(program);
  if (found === undefined) throw new Error(`${program} is missing on this machine.`);
  return realpath(found);
}

async function addNpm(root: string): Promise<void> {
  // The program is npm/bin/npm-cli.js.
  const npm = dirname(dirname(await programFile('npm')));
  await cp(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true });
  for (const name of ['npm', 'npx']) {
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name));
  }
}

async function addLibraries(root: string, programs: readonly string[]): Promise<void> {
  const libraries = new Set<string>();
  for (const program of programs) {
    const { stdout } = await run('ldd', [program]);
    for (const [file] of stdout.matchAll(/\/\S+(?= \()/g)) libraries.add(file);
  }
  const cLibrary = [...libraries].find((file) => basename(file) === 'libc.so.6') ?? '';
  for (const name of MORE_LIBRARIES) libraries.add(join(dirname(cLibrary), name));
  for (const file of libraries) {
    if ((await fileSize(file)) === 0) continue;
    await mkdir(join(root, dirname(file)), { recursive: true });
    await copyFile(await realpath(file), join(root, file));
  }
}

/** A network with a certificate authority of its own has it in this file. */
async function addCertificates(root: string): Promise<boolean> {
  const file = process.env['NODE_EXTRA_CA_CERTS'] ?? CERTIFICATES;
  if ((await fileSize(file)) === 0) return false;
  await mkdir(join(root, dirname(CERTIFICATES)), { recursive: true });
  await copyFile(file, join(root, CERTIFICATES));
  return true;
}

/** Bytes; 0 where there is no such file. */
async function fileSize(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
