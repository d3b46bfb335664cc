/** License keys by what they are good for. */
export interface KeyFile {
  /** Active, for one device each. */
  readonly active: readonly string[];
  readonly revoked: readonly string[];
  readonly expired: readonly string[];
}

/** Active keys a run needs: one that is never bound, and enough others to stay within the limits of each peer. */
export const KEYS_NEEDED = 16;

const STATES = ['active', 'revoked', 'expired'] as const;

/**
 * Reads keys one a line: `KEY`, or `KEY revoked`, or `KEY expired`. Blank lines and what follows a `#` are skipped.
 * Returns a sentence instead where a line is none of these or there are too few; it never quotes a key.
 */
export function readKeyFile(text: string): KeyFile | string {
  const keys = { active: new Set<string>(), revoked: new Set<string>(), expired: new Set<string>() };
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const [key = '', state = 'active', ...rest] = words;
    if (key === '') continue;
    const known = STATES.find((each) => each === state);
    if (known === undefined || rest.length > 0)
      return `Line ${index + 1}: expected a key, or a key and revoked or expired.`;
    keys[known].add(key);
  }
  if (keys.active.size < KEYS_NEEDED) {
    return `${KEYS_NEEDED} active keys for one device each are needed; the file has ${keys.active.size}.`;
  }
  return { active: [...keys.active], revoked: [...keys.revoked], expired: [...keys.expired] };
}
