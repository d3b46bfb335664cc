import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** A program that no npm package contains, and the Debian package that contains it. */
export interface DebianProgram {
  readonly program: string;
  readonly debianPackage: string;
  /** An absolute path, if the package has no program: the file exists if the package is installed. */
  readonly file?: string;
}

/** The Python of Debian, which finds the modules of Debian's packages. Another Python may come first in PATH. */
export const DEBIAN_PYTHON = '/usr/bin/python3';
const PYTHON_MODULES = '/usr/lib/python3/dist-packages';

/**
 * Each program that tests and the local cluster search for on the machine. `npm run setup:system` installs the missing
 * ones.
 */
export const DEBIAN = {
  redisServer: { program: 'redis-server', debianPackage: 'redis-server' },
  redisCli: { program: 'redis-cli', debianPackage: 'redis-tools' },
  /** A server with its `pg_dump`, which the npm packages with PostgreSQL lack. */
  postgres: { program: 'initdb', debianPackage: 'postgresql' },
  pgbouncer: { program: 'pgbouncer', debianPackage: 'pgbouncer' },
  openssl: { program: 'openssl', debianPackage: 'openssl' },
  haproxy: { program: 'haproxy', debianPackage: 'haproxy' },
  /** Network namespaces with addresses of their own. */
  iproute: { program: 'ip', debianPackage: 'iproute2' },
  unshare: { program: 'unshare', debianPackage: 'util-linux' },
  /** For deploy/haproxy/rotate-certificate. */
  perl: { program: 'perl', debianPackage: 'perl-base' },
  coturn: { program: 'turnserver', debianPackage: 'coturn' },
  chromium: { program: 'chromium', debianPackage: 'chromium' },
  tmux: { program: 'tmux', debianPackage: 'tmux' },
  promtool: { program: 'promtool', debianPackage: 'prometheus' },
  /** For docs/examples/peer.py. */
  pythonCryptography: {
    program: 'python3-cryptography',
    debianPackage: 'python3-cryptography',
    file: `${PYTHON_MODULES}/cryptography/__init__.py`,
  },
  pythonWebsockets: {
    program: 'python3-websockets',
    debianPackage: 'python3-websockets',
    file: `${PYTHON_MODULES}/websockets/__init__.py`,
  },
  /** For the types that are generated from docs/asyncapi.yaml. */
  go: { program: 'go', debianPackage: 'golang-go' },
  cargo: { program: 'cargo', debianPackage: 'cargo' },
  rustSerde: {
    program: 'serde_json of Rust',
    debianPackage: 'librust-serde-json-dev',
    file: '/usr/share/doc/librust-serde-json-dev/copyright',
  },
  rustSerdeDerive: {
    program: 'serde_derive of Rust',
    debianPackage: 'librust-serde-derive-dev',
    file: '/usr/share/doc/librust-serde-derive-dev/copyright',
  },
  /** For commands of docs/operations.md. */
  dig: { program: 'dig', debianPackage: 'bind9-dnsutils' },
  curl: { program: 'curl', debianPackage: 'curl' },
  buildah: { program: 'buildah', debianPackage: 'buildah' },
} as const satisfies Record<string, DebianProgram>;

/** Folders that are searched after PATH. */
const MORE_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Debian's folder for the versions of PostgreSQL; it is not in PATH. */
const POSTGRES_VERSIONS = '/usr/lib/postgresql';

/** The path of the program, or `undefined`. Installs nothing. */
export async function findProgram(program: string): Promise<string | undefined> {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of [...path, ...MORE_FOLDERS, ...(await postgresFolders())]) {
    const file = join(folder, program);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** Whether the program or the file of the package is on the machine. */
export async function isInstalled({ program, file }: DebianProgram): Promise<boolean> {
  if (file === undefined) return (await findProgram(program)) !== undefined;
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** The error text for a program that `findProgram` did not find. */
export function howToInstall({ program, debianPackage }: DebianProgram): string {
  return `${program} is missing; install it (npm run setup:system, or apt-get install ${debianPackage}).`;
}

/** Folders of the installed PostgreSQL versions, the newest first. */
export async function postgresFolders(): Promise<readonly string[]> {
  const versions = await readdir(POSTGRES_VERSIONS).catch(() => []);
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(POSTGRES_VERSIONS, version, 'bin'));
}

/** Whether this process may execute the file. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
