import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TlsFiles, type TlsPair } from './tls-files.js';

/** Between two changes of a file, so that one of them is a change for the watch. Ms. */
const AGAIN_MS = 50;

let folder: string;
let files: TlsFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wr-tls-'));
  make('one');
  make('two');
  use('one');
  files = new TlsFiles(path('cert.pem'), path('key.pem'), 10);
});
afterEach(() => {
  files.stop();
  rmSync(folder, { recursive: true });
});

const path = (name: string) => join(folder, name);

function make(name: string): void {
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const out = ['-keyout', path(`${name}.key`), '-out', path(`${name}.crt`), '-days', '1', '-subj', `/CN=${name}`];
  execFileSync('openssl', [...request, ...out], { stdio: 'ignore' });
}

/** Installs a pair of files, each atomically. */
function use(name: string): void {
  for (const [from, to] of [
    [`${name}.key`, 'key.pem'],
    [`${name}.crt`, 'cert.pem'],
  ] as const) {
    copyFileSync(path(from), path('new'));
    renameSync(path('new'), path(to));
  }
}

/** Waits for the first callback of the wanted kind. */
function watched(wanted: 'pair' | 'problem'): Promise<TlsPair | undefined> {
  return new Promise((resolve) => {
    files.watch(
      (pair) => {
        if (wanted === 'pair' && pair.cert.equals(readFileSync(path('two.crt')))) resolve(pair);
      },
      () => {
        if (wanted === 'problem') resolve(undefined);
      },
    );
  });
}

describe('A certificate and its key', () => {
  it('are read', () => {
    expect(files.read().cert.equals(readFileSync(path('one.crt')))).toBe(true);
  });

  it('are refused if they do not match', () => {
    copyFileSync(path('two.key'), path('key.pem'));
    expect(() => files.read()).toThrow(/mismatch/i);
  });

  it('are refused if they are missing or no PEM', () => {
    writeFileSync(path('key.pem'), 'nonsense');
    expect(() => files.read()).toThrow();
    rmSync(path('key.pem'));
    expect(() => files.read()).toThrow(/ENOENT/);
  });

  it('are read again when they change', async () => {
    const changed = watched('pair');
    // The watch may take what it reads first for the old state.
    const again = setInterval(() => {
      use('two');
    }, AGAIN_MS);
    expect((await changed)?.key.equals(readFileSync(path('two.key')))).toBe(true);
    clearInterval(again);
  });

  it('stay in use if the new pair cannot be used', async () => {
    const refused = watched('problem');
    const again = setInterval(() => {
      writeFileSync(path('cert.pem'), 'nonsense');
    }, AGAIN_MS);
    await refused;
    clearInterval(again);
  });
});
