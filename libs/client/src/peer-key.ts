import { fromBase64Url, toBase64Url } from './base64url.js';

/** A key of WebCrypto. This type exists with and without the DOM types. */
export type WebCryptoKey = InstanceType<typeof CryptoKey>;

/** A key pair of WebCrypto. */
export interface WebCryptoKeyPair {
  readonly privateKey: WebCryptoKey;
  readonly publicKey: WebCryptoKey;
}

/** PKCS #8 around an Ed25519 private key of 32 bytes (RFC 8410, section 7). */
const PKCS8_PREFIX = Uint8Array.of(
  0x30,
  0x2e,
  0x02,
  0x01,
  0,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  4,
  0x22,
  4,
  0x20,
);
const PRIVATE_KEY_BYTES = 32;

const PREFIX = 'k-';

/**
 * The Ed25519 key pair of a peer. Its `peerId` is the public key itself, so no other client can register as this peer, and
 * other peers can verify what it signs.
 */
export class PeerKey {
  /** `k-` and the public key as 43 characters of base64url. */
  readonly peerId: string;
  /** For storage that keeps keys of WebCrypto, such as IndexedDB. */
  readonly pair: WebCryptoKeyPair;

  private constructor(peerId: string, pair: WebCryptoKeyPair) {
    this.peerId = peerId;
    this.pair = pair;
  }

  /**
   * Generates a key pair.
   *
   * @param extractable whether `exportPrivate` is allowed.
   * @throws Error with a sentence for the user, if the runtime lacks Ed25519 or X25519.
   */
  static async generate(extractable = false): Promise<PeerKey> {
    await requireCurves();
    return PeerKey.of(await generatePair('Ed25519', ['sign', 'verify'], extractable));
  }

  /** The key with this pair. @throws Error like `generate`. */
  static async of(pair: WebCryptoKeyPair): Promise<PeerKey> {
    await requireCurves();
    const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
    return new PeerKey(PREFIX + toBase64Url(new Uint8Array(raw)), pair);
  }

  /** The key that `exportPrivate` exported. @throws Error if the text is not a private key, or like `generate`. */
  static async import(text: string): Promise<PeerKey> {
    const bytes = fromBase64Url(text);
    if (bytes?.length !== PRIVATE_KEY_BYTES) throw new Error('The text is not a private key.');
    await requireCurves();
    const pkcs8 = Uint8Array.of(...PKCS8_PREFIX, ...bytes);
    const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
    const { x = '' } = await crypto.subtle.exportKey('jwk', privateKey);
    const publicKey = await importPublic(fromBase64Url(x) ?? new Uint8Array());
    return new PeerKey(PREFIX + x, { privateKey, publicKey });
  }

  /** The public key: 43 characters of base64url. */
  get publicKey(): string {
    return this.peerId.slice(PREFIX.length);
  }

  /** The private key: 43 characters of base64url. @throws if the key pair is not extractable. */
  async exportPrivate(): Promise<string> {
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', this.pair.privateKey);
    return toBase64Url(new Uint8Array(pkcs8).slice(PKCS8_PREFIX.length));
  }

  /** Signs the lines, joined by `\n`: 86 characters of base64url. No line may contain `\n`. */
  async sign(lines: readonly string[]): Promise<string> {
    const signature = await crypto.subtle.sign('Ed25519', this.pair.privateKey, bytesOf(lines));
    return toBase64Url(new Uint8Array(signature));
  }
}

/** Generates a key pair of a curve. */
export async function generatePair(
  curve: 'Ed25519' | 'X25519',
  usages: ('sign' | 'verify' | 'deriveBits')[],
  extractable = false,
): Promise<WebCryptoKeyPair> {
  // Cast: the types of WebCrypto do not tell that these two algorithms give pairs.
  return (await crypto.subtle.generateKey(curve, extractable, usages)) as WebCryptoKeyPair;
}

/** Whether a peer id has the form of a public key. */
export function isKeyId(peerId: string): boolean {
  return /^k-[\w-]{43}$/.test(peerId);
}

/** Whether the peer whose id is a public key signed these lines. `false` if anything is malformed. Never rejects. */
export async function isSignedBy(peerId: string, lines: readonly string[], signature: string): Promise<boolean> {
  const key = isKeyId(peerId) ? fromBase64Url(peerId.slice(PREFIX.length)) : undefined;
  const bytes = fromBase64Url(signature);
  if (!key || !bytes) return false;
  const verified = importPublic(key).then((publicKey) =>
    crypto.subtle.verify('Ed25519', publicKey, bytes, bytesOf(lines)),
  );
  return verified.catch(() => false);
}

function importPublic(raw: Uint8Array<ArrayBuffer>): Promise<WebCryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'Ed25519', true, ['verify']);
}

/** The bytes of lines joined by `\n`, without one at the end. */
export function bytesOf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(lines.join('\n'));
}

const NEEDED = 'Use Chromium 137, Firefox 130, Safari 17 or Node 20, or a later version.';

/** A peer with a key signs with Ed25519, and seals its signals with X25519 keys. */
async function requireCurves(): Promise<void> {
  // A browser has no `subtle` in a page without TLS, except from localhost.
  const { subtle } = crypto as { readonly subtle?: typeof crypto.subtle };
  if (!subtle) throw new Error('The browser has no WebCrypto in this page: open the page with https://.');
  for (const curve of ['Ed25519', 'X25519'] as const) {
    await generatePair(curve, [curve === 'Ed25519' ? 'sign' : 'deriveBits']).catch((cause: unknown) => {
      throw new Error(`This runtime has no ${curve} in WebCrypto. ${NEEDED}`, { cause });
    });
  }
}
