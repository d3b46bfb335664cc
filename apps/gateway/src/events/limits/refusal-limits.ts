import { createHash } from 'node:crypto';
import type { DeviceId, PeerId, RegisterError } from '@white-rabbit/protocol';
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
  /** `identity` and source: refused proofs at one source do not count against the owner of the identity at another. */
  readonly proof: string;
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
 * Limits registers that were looked up or whose proof was checked, and that were refused, so that guessing loads neither the
 * database nor the processor. Registers that were accepted and registers with a malformed key do not count. A register has
 * to wait if
 *
 * - this identity was refused too often with this key; for want of a valid proof, from this source,
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

  /** Called before a proof is checked and a key is looked up. Returns 0, or the ms to wait. `nowMs` is monotonic, here and below. */
  waitMs({ identity, proof, device, key, source }: RegisterAttempt, nowMs: number): number {
    const { refusalsPerKey: perKey, refusalsPerGateway: perGateway } = this.config;
    const ownMs = Math.max(this.#counts.waitMs(identity, perKey, nowMs), this.#counts.waitMs(proof, perKey, nowMs));
    if (ownMs > 0 || this.#known.has(device)) return ownMs;
    const keyMs = this.#counts.waitMs(key, perKey, nowMs);
    const isStrict = this.#gateway.waitMs(GATEWAY, perGateway, nowMs) > 0;
    return Math.max(keyMs, source?.lookupWaitMs(isStrict, nowMs) ?? 0);
  }

  /** Records that the attempt was refused with this error. */
  refused({ identity, proof, key, source }: RegisterAttempt, code: RegisterError, nowMs: number): void {
    const isOfProof = code === 'proof_required' || code === 'proof_invalid';
    const isNew = this.#counts.add(isOfProof ? proof : identity, nowMs) === 1;
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
  const atSource = (bytes: Buffer) =>
    createHash('sha256')
      .update(bytes)
      .update(`@${source?.name ?? ''}`)
      .digest('base64url');
  return {
    identity: identity.toString('base64url'),
    proof: atSource(identity),
    device: identity.readInt32LE(0),
    key: atSource(license),
    source,
  };
}
