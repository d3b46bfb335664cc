import { constants } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** A certificate chain and its key, PEM. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * The TLS rules for every certificate: TLS 1.3, and those cipher suites of TLS 1.2 that have forward secrecy and
 * authenticated encryption. A key that is stolen later decrypts no recorded traffic. A client cannot renegotiate: each
 * renegotiation costs the gateway as much as a handshake, and no limit counts it. The rules must be passed again with
 * each new certificate.
 */
export const TLS_RULES: Pick<SecureContextOptions, 'minVersion' | 'ciphers' | 'secureOptions'> = {
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE+AESGCM',
    'ECDHE+CHACHA20',
  ].join(':'),
};

/**
 * Files are compared by modification time: secrets that are mounted into a pod are replaced by links, which watchers
 * do not report.
 */
const LOOK_EVERY_MS = 2_000;

/**
 * A certificate that is read again when its files change, without a restart. If certificate and key do not match,
 * they are refused and the old pair stays in use.
 */
export class TlsFiles {
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly certFile: string,
    private readonly keyFile: string,
    private readonly lookEveryMs = LOOK_EVERY_MS,
  ) {}

  /** Throws if the files cannot be read or do not match. */
  read(): TlsPair {
    const pair = { cert: readFileSync(this.certFile), key: readFileSync(this.keyFile) };
    createSecureContext(pair);
    return pair;
  }

  /** Calls `onPair` with each new pair, or `onProblem` with the reason why it cannot be used. */
  watch(onPair: (pair: TlsPair) => void, onProblem: (problem: unknown) => void): void {
    const reload = () => {
      try {
        onPair(this.read());
      } catch (problem) {
        onProblem(problem);
      }
    };
    for (const file of [this.certFile, this.keyFile]) {
      watchFile(file, { interval: this.lookEveryMs, persistent: false }, reload);
      this.#stops.push(() => {
        unwatchFile(file, reload);
      });
    }
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
