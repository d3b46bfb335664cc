import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How long a certificate is valid, and how much of that must be left for it to be used again. Days. */
const LIFE_DAYS = 365;
const LEAST_DAYS = 7;
const DAY_MS = 86_400_000;

/** A self-signed certificate for localhost, and its key. */
export interface SelfSignedCertificate {
  /** The certificate that a client must trust. PEM. */
  readonly certificate: string;
  /** File with `certificate` alone. */
  readonly certificateFile: string;
  /** File with the certificate and the key, as HAProxy reads it; readable for its owner only. */
  readonly pemFile: string;
}

/**
 * The certificate in that folder; created now if there is none or if it expires soon. It is valid for localhost,
 * 127.0.0.1 and ::1.
 *
 * @param openssl path of the program.
 */
export async function selfSignedCertificate(folder: string, openssl: string): Promise<SelfSignedCertificate> {
  const certificateFile = join(folder, 'localhost.crt');
  const pemFile = join(folder, 'localhost.pem');
  if (!(await isGood(pemFile))) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const pem = await make(openssl);
    // Renamed into place: a process that reads at this moment gets the old file or the new one.
    await writeFile(`${pemFile}.new`, pem, { mode: 0o600 });
    await rename(`${pemFile}.new`, pemFile);
  }
  // Without the key: only the certificate's text.
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
