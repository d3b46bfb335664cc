import { fromBase64Url, toBase64Url } from '../base64url.js';
import type { WebCryptoKey } from '../peer-key.js';

/** A sealed signal as it is sent. */
export interface SealedSignal {
  /** The ciphertext and the tag of 16 bytes in base64url. */
  readonly sealed: string;
}

/**
 * The longest sealed text. With the names around it, it fits into a frame of 64 KiB: it holds a signal of up to 48,000
 * bytes, and the description of a call with a data channel has about 1,000. Characters.
 */
const MAX_SEALED_LENGTH = 65_000;

/**
 * The nonces of one direction: 0, 1, 2, … as 12 bytes, big-endian. They are not sent. Both sides count, so a signal that is
 * lost, repeated or in another place has another nonce at the receiver and does not open.
 */
class NonceCounter {
  #next = 0;

  next(): Uint8Array<ArrayBuffer> {
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setUint32(8, this.#next);
    this.#next += 1;
    return nonce;
  }
}

/** Seals the signals of one direction. */
export class Sealer {
  readonly #key: WebCryptoKey;
  readonly #nonces = new NonceCounter();

  constructor(key: WebCryptoKey) {
    this.#key = key;
  }

  /** Seals the next signal, a text of JSON. `undefined` if it is too long for a frame; then the count has not changed. */
  async seal(signal: string): Promise<SealedSignal | undefined> {
    const text = new TextEncoder().encode(signal);
    if (Math.ceil(((text.length + TAG_BYTES) * 4) / 3) > MAX_SEALED_LENGTH) return undefined;
    const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: this.#nonces.next() }, this.#key, text);
    return { sealed: toBase64Url(new Uint8Array(bytes)) };
  }
}

const TAG_BYTES = 16;

/** Opens the signals of one direction. */
export class Opener {
  readonly #key: WebCryptoKey;
  readonly #nonces = new NonceCounter();

  constructor(key: WebCryptoKey) {
    this.#key = key;
  }

  /** Opens the next signal. `undefined` if it is not exactly the next one that the other side sealed. Never rejects. */
  async open(sealed: string): Promise<object | undefined> {
    const bytes = fromBase64Url(sealed);
    if (!bytes) return undefined;
    try {
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: this.#nonces.next() }, this.#key, bytes);
      const signal: unknown = JSON.parse(new TextDecoder().decode(text));
      return typeof signal === 'object' && signal !== null ? signal : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Reads a sealed signal. `undefined` if the signal is not sealed. */
export function readSealed(signal: object): string | undefined {
  const { sealed } = signal as { readonly sealed?: unknown };
  return typeof sealed === 'string' ? sealed : undefined;
}
