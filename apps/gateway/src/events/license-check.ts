import { Injectable } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { LicenseRepository, normalizeLicenseKey } from '@white-rabbit/license';
import { ERROR_CODES, type ClientData, type RegisterError } from '@white-rabbit/protocol';
import type { RegistrationTimer } from '../telemetry/metrics/registration-metrics.js';
import type { Source } from '../transport/source.js';
import { PeerQuotas } from './limits/peer-quota.js';
import { attemptOf, RefusalLimits } from './limits/refusal-limits.js';
import type { ErrorDetails } from './reply.js';

/** A license that admits the device, and the end of its validity in monotonic ms. `undefined`: it does not expire. */
export interface LicenseTerm {
  readonly license: string;
  readonly expiresAtMs: number | undefined;
}

/** The reason for the refusal of a `register`. */
export interface RegisterFailure {
  readonly code: RegisterError;
  readonly details?: ErrorDetails;
}

/**
 * Clients retry after about this time if a back end is down, with a random spread so that they do not return all at
 * once. Ms.
 */
const RETRY_MS = 2_000;

/** Decides whether a device may register: limits, license, quota. */
@Injectable()
export class LicenseCheck {
  constructor(
    private readonly licenses: LicenseRepository,
    private readonly refusals: RefusalLimits,
    private readonly quotas: PeerQuotas,
    private readonly cluster: ClusterNode,
  ) {}

  /** A refused look-up counts against the identity and its source. Never rejects because a back end is down. */
  async admit(
    data: ClientData<'register'>,
    source: Source | undefined,
    timer: RegistrationTimer,
  ): Promise<LicenseTerm | RegisterFailure> {
    if (!this.cluster.isReachable()) return withRetry('unavailable');
    const { license_key: text, device_id: device, peer_id: peer, transfer } = data;
    const key = normalizeLicenseKey(text);
    // The database is not queried, so nothing is counted.
    if (key === undefined) return { code: 'license_invalid' };
    const attempt = attemptOf(key, device, peer, source);
    const waitMs = this.refusals.waitMs(attempt, performance.now());
    if (waitMs > 0) return { code: 'rate_limited', details: { retryAfterMs: waitMs } };
    const verdict = await timer.step('database', () => this.licenses.authorize(text, device, peer, transfer));
    if (verdict.outcome === 'accepted') {
      const nowMs = performance.now();
      this.refusals.accepted(attempt, nowMs);
      const quotaMs = await this.quotas.registers.take(peer);
      if (quotaMs > 0) return { code: 'rate_limited', details: { retryAfterMs: quotaMs } };
      const { licenseId: license, expiresInMs } = verdict;
      return { license, expiresAtMs: expiresInMs === undefined ? undefined : nowMs + expiresInMs };
    }
    if (verdict.code === 'license_unavailable') return withRetry(verdict.code, verdict.retryAfterMs);
    this.refusals.refused(attempt, performance.now());
    return verdict.waitDays === undefined ? { code: verdict.code } : tooSoon(verdict.code, verdict.waitDays);
  }
}

/** `retryAfterMs` comes from the license queue; the default is a random time around `RETRY_MS`. */
export function withRetry(code: RegisterError, retryAfterMs = RETRY_MS * (0.5 + Math.random())): RegisterFailure {
  return { code, details: { retryAfterMs } };
}

/** No `retry_after_ms`: a client must not transfer a license automatically. */
function tooSoon(code: RegisterError, waitDays: number): RegisterFailure {
  const days = waitDays === 1 ? '1 day' : `${waitDays} days`;
  return { code, details: { message: `${ERROR_CODES[code]} It can be moved again in ${days}.` } };
}
