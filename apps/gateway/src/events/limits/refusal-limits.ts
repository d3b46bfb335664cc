import { createHash } from 'node:crypto';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { keyHash, type LicenseKey } from '@white-rabbit/license';
import { Injectable } from '@nestjs/common';
import { LimitsConfig } from '../../config/slices.js';
import type { Source } from '../../transport/source.js';
import { KnownDevices } from './known-devices.js';
import { MinuteCounts } from './minute-counts.js';

/** A register with a well-formed key, as hashes of its ids and its key. */
export interface RegisterAttempt {
  /** Key, device and peer together, so that a refusal of other devices never counts against the owner of the key. */
  readonly identity: string;
  /** 32 bits of `identity`. */
  readonly device: number;
  /** Key and source. */
  readonly key: string;
  readonly source: Source | undefined;
}

/** Maximum number of counts in memory. */
const MAX_COUNTED = 20_000;
/** Known devices in memory: at least this number, at most twice this number. */
const MAX_KNOWN = 50_000;
const GATEWAY = '';

/**
 * Limits registers that were looked up and refused, so that guessing does not load the database. Registers that were
 * accepted and registers with a malformed key do not count. A register has to wait if
 *
 * - this identity was refused too often with this key,
 * - too many different identities from this source were refused with this key,
 * - look-ups from this source were refused too often; or one was, while the gateway as a whole refuses too many.
 *
 * Only the first rule applies to a device that this gateway let in before (docs/adr/0010-where-limits-are-counted.md).
 */
@Injectable()
export class RefusalLimits {
  readonly #counts = new MinuteCounts(MAX_COUNTED);
  readonly #gateway = new MinuteCounts(1);
  readonly #known = new KnownDevices(MAX_KNOWN);

  constructor(private readonly config: LimitsConfig) {}

  /** Called before a key is looked up. Returns 0, or the ms to wait. `nowMs` is monotonic, here and below. */
  waitMs({ identity, device, key, source }: RegisterAttempt, nowMs: number): number {
    const { refusalsPerKey: perKey, refusalsPerGateway: perGateway } = this.config;
    const ownMs = this.#counts.waitMs(identity, perKey, nowMs);
    if (ownMs > 0 || this.#known.has(device)) return ownMs;
    const keyMs = this.#counts.waitMs(key, perKey, nowMs);
    const isStrict = this.#gateway.waitMs(GATEWAY, perGateway, nowMs) > 0;
    return Math.max(keyMs, source?.lookupWaitMs(isStrict, nowMs) ?? 0);
  }

  /** Records that the attempt was looked up and refused. */
  refused({ identity, key, source }: RegisterAttempt, nowMs: number): void {
    const isNew = this.#counts.add(identity, nowMs) === 1;
    if (isNew) this.#counts.add(key, nowMs);
    this.#gateway.add(GATEWAY, nowMs);
    source?.lookupRefused(nowMs);
  }

  /** Records that the attempt was looked up and accepted. */
  accepted({ device }: RegisterAttempt, nowMs: number): void {
    this.#known.add(device, nowMs);
  }
}

/** The attempt of a `register`. */
export function attemptOf(key: LicenseKey, device: DeviceId, peer: PeerId, source?: Source): RegisterAttempt {
  const license = keyHash(key);
  // Ids contain no blanks.
  const identity = createHash('sha256').update(license).update(`${device} ${peer}`).digest();
  return {
    identity: identity.toString('base64url'),
    device: identity.readInt32LE(0),
    key: createHash('sha256')
      .update(license)
      .update(`@${source?.name ?? ''}`)
      .digest('base64url'),
    source,
  };
}
