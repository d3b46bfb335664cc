import { keyHash, type LicenseKey } from '@white-rabbit/license';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { SettingValues } from '../config/settings.js';

type Limits = Pick<SettingValues, 'WR_REFUSALS_PER_KEY' | 'WR_REFUSALS_PER_GATEWAY'>;

const MINUTE_S = 60;
const GATEWAY = 'gateway';

/**
 * Refused registers, limited for each key and for the whole gateway, so that guessing costs the guesser and not the
 * database. Only refusals count: nobody can use up the registers of a license that is accepted. Bounded: a key is
 * counted only while the gateway's own limit has room.
 */
export class RefusalLimits {
  readonly #keys: RateLimiterMemory;
  readonly #gateway: RateLimiterMemory;

  constructor(limits: Limits) {
    this.#keys = new RateLimiterMemory({ keyPrefix: 'key', points: limits.WR_REFUSALS_PER_KEY, duration: MINUTE_S });
    this.#gateway = new RateLimiterMemory({
      keyPrefix: 'all',
      points: limits.WR_REFUSALS_PER_GATEWAY,
      duration: MINUTE_S,
    });
  }

  /** Before a key is looked up: 0, or the ms to wait. `undefined` stands for a text that is no key. */
  async waitMs(key: LicenseKey | undefined): Promise<number> {
    const counts = [await this.#gateway.get(GATEWAY), key && (await this.#keys.get(nameOf(key)))];
    return Math.max(...counts.map(remainingMs));
  }

  /** A register was refused. */
  async count(key: LicenseKey | undefined): Promise<void> {
    const isCounted = await taken(this.#gateway.consume(GATEWAY));
    if (isCounted && key !== undefined) await taken(this.#keys.consume(nameOf(key)));
  }
}

/** A count that has no place left says when there will be one. */
function remainingMs(count: RateLimiterRes | null | undefined): number {
  return count && count.remainingPoints <= 0 ? Math.max(1, count.msBeforeNext) : 0;
}

function taken(consumed: Promise<RateLimiterRes>): Promise<boolean> {
  return consumed.then(
    () => true,
    () => false,
  );
}

function nameOf(key: LicenseKey): string {
  return keyHash(key).toString('base64url');
}
