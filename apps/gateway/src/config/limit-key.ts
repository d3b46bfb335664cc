import { hkdfSync } from 'node:crypto';
import type { SettingValues } from './settings.js';

const LENGTH_BYTES = 32;
/** Separates this key from any other key that may be derived from the same secret. */
const PURPOSE = 'white-rabbit limits of peers';

/**
 * The key of the HMAC that replaces peer ids in Redis while the calls and registers of the peers are counted: the
 * same at every gateway of a region, and unknown to Redis. Derived from WR_LIMIT_SECRET, or else from DATABASE_URL,
 * whose password all gateways have. `undefined` if neither is set: a gateway without a cluster counts in its memory.
 */
export function limitKey({ WR_LIMIT_SECRET: secret, DATABASE_URL: databaseUrl }: SettingValues): Buffer | undefined {
  const source = secret ?? databaseUrl;
  return source === undefined ? undefined : Buffer.from(hkdfSync('sha256', source, '', PURPOSE, LENGTH_BYTES));
}
