import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A server certificate below an intermediate CA, as public CAs issue it. */
export interface CertificateChain {
  /** The root, which clients trust. */
  readonly rootFile: string;
  /** The server's certificate, then that of the intermediate CA. */
  readonly chainFile: string;
  readonly keyFile: string;
  /** Chain and key in one file, as HAProxy reads it. */
  readonly pemFile: string;
}

/** Makes keys and certificates for localhost in the folder. */
export async function makeChain(folder: string, keyType: 'ec' | 'rsa'): Promise<CertificateChain> {
  const file = (name: string) => join(folder, `${keyType}-${name}`);
  const openssl = (...args: string[]) => run('openssl', args);
  const newKey =
    keyType === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] : ['-newkey', 'rsa:2048'];
  const request = (name: string, subject: string) =>
    openssl(
      'req',
      '-new',
      ...newKey,
      '-nodes',
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.csr`),
      '-subj',
      subject,
    );
  const ca = 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign';
  const leaf = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nkeyUsage=digitalSignature,keyEncipherment';

  await openssl(
    ...['req', '-x509', ...newKey, '-nodes', '-days', '2', '-subj', '/CN=Test root'],
    ...['-keyout', file('root.key'), '-out', file('root.crt')],
  );
  for (const [name, issuer, subject, extensions] of [
    ['intermediate', 'root', '/CN=Test intermediate', ca],
    ['server', 'intermediate', '/CN=localhost', leaf],
  ] as const) {
    await request(name, subject);
    await writeFile(file(`${name}.ext`), extensions);
    await openssl(
      ...['x509', '-req', '-days', '2', '-in', file(`${name}.csr`), '-out', file(`${name}.crt`)],
      ...['-CA', file(`${issuer}.crt`), '-CAkey', file(`${issuer}.key`), '-CAcreateserial'],
      ...['-extfile', file(`${name}.ext`)],
    );
  }
  const chain = (await readFile(file('server.crt'), 'utf8')) + (await readFile(file('intermediate.crt'), 'utf8'));
  await writeFile(file('chain.pem'), chain);
  await writeFile(file('haproxy.pem'), chain + (await readFile(file('server.key'), 'utf8')), { mode: 0o600 });
  return {
    rootFile: file('root.crt'),
    chainFile: file('chain.pem'),
    keyFile: file('server.key'),
    pemFile: file('haproxy.pem'),
  };
}
