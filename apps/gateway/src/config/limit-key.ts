import { hkdfSync } from 'node:crypto';
import type { SettingValues } from './settings.js';

const LENGTH_BYTES = 32;
/** Keeps this key apart from any other that may be derived of the same secret. */
const PURPOSE = 'white-rabbit limits of peers';

/**
 * The key under which peers are named in Redis while their calls and registers are counted: the same at every gateway of a
 * region, and unknown to Redis. Of WR_LIMIT_SECRET, else of DATABASE_URL, whose password all of them have. `undefined`
 * where neither is set: a gateway alone counts in its memory.
 */
export function limitKey({ WR_LIMIT_SECRET: secret, DATABASE_URL: databaseUrl }: SettingValues): Buffer | undefined {
  const source = secret ?? databaseUrl;
  return source === undefined ? undefined : Buffer.from(hkdfSync('sha256', source, '', PURPOSE, LENGTH_BYTES));
}
