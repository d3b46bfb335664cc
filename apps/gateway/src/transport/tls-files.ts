import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** A certificate chain and its key, PEM. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * What is spoken with any certificate: TLS 1.3, and of TLS 1.2 what has forward secrecy and authenticates what it encrypts.
 * A key that is stolen later decrypts nothing that was recorded before. To be given with each new certificate as well.
 */
export const TLS_RULES: Pick<SecureContextOptions, 'minVersion' | 'ciphers'> = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE+AESGCM',
    'ECDHE+CHACHA20',
  ].join(':'),
};

/** Files are looked at by time of change: secrets mounted into a pod are swapped by links, which tell no watcher. */
const LOOK_EVERY_MS = 2_000;

/**
 * A certificate that is read again when its files change, without a restart. A pair that does not fit together is
 * refused and the old one stays in use.
 */
export class TlsFiles {
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly certFile: string,
    private readonly keyFile: string,
    private readonly lookEveryMs = LOOK_EVERY_MS,
  ) {}

  /** Throws where the files cannot be read or do not fit. */
  read(): TlsPair {
    const pair = { cert: readFileSync(this.certFile), key: readFileSync(this.keyFile) };
    createSecureContext(pair);
    return pair;
  }

  /** Calls back with each new pair, or with why it cannot be used. */
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
