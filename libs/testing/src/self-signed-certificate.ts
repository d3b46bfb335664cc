import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How long one is good for, and how much of it must be left for it to be used again. Days. */
const LIFE_DAYS = 365;
const LEAST_DAYS = 7;
const DAY_MS = 86_400_000;

/** A certificate for localhost that nobody signed, and its key. */
export interface SelfSignedCertificate {
  /** What a client has to trust. PEM. */
  readonly certificate: string;
  /** File with `certificate` alone. */
  readonly certificateFile: string;
  /** File with the certificate and the key, as HAProxy reads it; for its owner only. */
  readonly pemFile: string;
}

/**
 * The certificate in that folder, made now where there is none or it is about to end. It names localhost, 127.0.0.1 and ::1.
 *
 * @param openssl path of the program.
 */
export async function selfSignedCertificate(folder: string, openssl: string): Promise<SelfSignedCertificate> {
  const certificateFile = join(folder, 'localhost.crt');
  const pemFile = join(folder, 'localhost.pem');
  if (!(await isGood(pemFile))) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const pem = await make(openssl);
    // Moved into place: who reads at this moment sees the old or the new one.
    await writeFile(`${pemFile}.new`, pem, { mode: 0o600 });
    await rename(`${pemFile}.new`, pemFile);
  }
  // Without the key: the certificate's own text alone.
  const certificate = new X509Certificate(await readFile(pemFile)).toString();
  await writeFile(certificateFile, certificate);
  return { certificate, certificateFile, pemFile };
}

async function make(openssl: string): Promise<string> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '-'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'];
  const { stdout } = await run(openssl, ['req', '-x509', '-days', String(LIFE_DAYS), ...key, ...names]);
  return stdout;
}

async function isGood(pemFile: string): Promise<boolean> {
  try {
    const { validTo } = new X509Certificate(await readFile(pemFile));
    return Date.parse(validTo) - Date.now() > LEAST_DAYS * DAY_MS;
  } catch {
    return false;
  }
}
