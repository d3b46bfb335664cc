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

/** A key as it is printed, or without its dashes. Whether its check characters are right is for the server to say. */
const KEY_FORM = /^WR1(-?[0-9A-Z]){30}$/i;

/**
 * Reads keys one a line: `KEY`, or `KEY revoked`, or `KEY expired`, where blank lines and what follows a `#` are
 * skipped; or what `license issue --json` printed. Returns a sentence instead where it is none of these or there are
 * too few; it never quotes a key.
 */
export function readKeyFile(text: string): KeyFile | string {
  const lines = text.trimStart().startsWith('[') ? issuedKeys(text) : text.split('\n');
  if (lines === undefined) return 'It begins like JSON, but is not what license issue --json prints.';
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
