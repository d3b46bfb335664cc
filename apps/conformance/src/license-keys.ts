/** License keys by state. */
export interface KeyFile {
  /** Active keys for one device each. */
  readonly active: readonly string[];
  readonly revoked: readonly string[];
  readonly expired: readonly string[];
}

/** Active keys that are bound to peers with keys. */
export const PROOF_KEYS = 3;

/** Active keys that a run needs: one that is never bound, and enough others to stay below the limits of each peer. */
export const KEYS_NEEDED = 16 + PROOF_KEYS;

const STATES = ['active', 'revoked', 'expired'] as const;

/** A key with or without dashes. The server verifies the check characters. */
const KEY_FORM = /^WR1(-?[0-9A-Z]){30}$/i;

/**
 * Reads a file with one key per line: `KEY`, `KEY revoked` or `KEY expired`. Blank lines and text after `#` are skipped.
 * Also reads the output of `license issue --json`. Returns a sentence if the file is invalid or has too few keys. The
 * sentence never contains a key.
 */
export function readKeyFile(text: string): KeyFile | string {
  const lines = text.trimStart().startsWith('[') ? issuedKeys(text) : text.split('\n');
  if (lines === undefined) return 'The file begins like JSON, but is not the output of license issue --json.';
  const keys = { active: new Set<string>(), revoked: new Set<string>(), expired: new Set<string>() };
  for (const [index, line] of lines.entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const [key = '', state = 'active', ...rest] = words;
    if (key === '') continue;
    const known = STATES.find((each) => each === state);
    if (!KEY_FORM.test(key) || known === undefined || rest.length > 0)
      return `Line ${index + 1}: expected a key, or a key and revoked or expired.`;
    keys[known].add(key);
  }
  if (keys.active.size < KEYS_NEEDED) {
    return `${KEYS_NEEDED} active keys for one device each are needed; the file has ${keys.active.size}.`;
  }
  return { active: [...keys.active], revoked: [...keys.revoked], expired: [...keys.expired] };
}

/** The keys in a JSON array of licenses. */
function issuedKeys(text: string): readonly string[] | undefined {
  try {
    const licenses: unknown = JSON.parse(text);
    const keys = Array.isArray(licenses) ? licenses.map(keyOf) : [undefined];
    return keys.every((key) => key !== undefined) ? keys : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(license: unknown): string | undefined {
  if (typeof license !== 'object' || license === null || !('license_key' in license)) return undefined;
  return typeof license.license_key === 'string' ? license.license_key : undefined;
}

/** The keys of a run by their use: always the same in the order of the file, because a later run finds them bound. */
export function keysByUse({ active: [spareKey = '', ...others] }: Pick<KeyFile, 'active'>) {
  return {
    spareKey,
    proofKeys: new KeyRing(others.slice(0, PROOF_KEYS)),
    keys: new KeyRing(others.slice(PROOF_KEYS)),
  };
}

/**
 * Lends each key to one rule at a time, the least recently used first, so that no peer reaches a limit per minute. If all
 * keys are lent, `take` waits for the next returned key.
 */
export class KeyRing {
  readonly #free: string[];
  readonly #waiting: ((key: string) => void)[] = [];

  constructor(keys: readonly string[]) {
    this.#free = [...keys];
  }

  /** A key that no other rule uses. Return it with `giveBack`. */
  take(): Promise<string> {
    const key = this.#free.shift();
    if (key !== undefined) return Promise.resolve(key);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Returns a key. */
  giveBack(key: string): void {
    const next = this.#waiting.shift();
    if (next) next(key);
    else this.#free.push(key);
  }
}
