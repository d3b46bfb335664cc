import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { DeadlineQueue, LicenseRepository, normalizeLicenseKey } from '@white-rabbit/license';
import { ERROR_CODES, type ClientData, type RegisterError } from '@white-rabbit/protocol';
import { Metrics } from '../telemetry/metrics/metrics.js';
import type { RegistrationTimer } from '../telemetry/metrics/registration-metrics.js';
import type { Challenge } from '../transport/challenge.js';
import { ProofCheck } from '../identity/proof-check.js';
import type { Source } from '../transport/source.js';
import { PeerQuotas } from './limits/peer-quota.js';
import { attemptOf, RefusalLimits } from './limits/refusal-limits.js';
import { RefusalPace } from './limits/refusal-pace.js';
import type { ErrorDetails } from './reply.js';

/** A license that admits the device, and the end of its validity in monotonic ms. `undefined`: it does not expire. */
export interface LicenseTerm {
  readonly license: string;
  readonly expiresAtMs: number | undefined;
}

/** The connection of a `register`. */
export interface Applicant {
  readonly source: Source | undefined;
  readonly challenge: Challenge | undefined;
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

/** Failures that do not depend on what the database says of a license. They are answered at once. */
const SAYS_NOTHING: ReadonlySet<RegisterError> = new Set(['unavailable', 'license_unavailable', 'rate_limited']);

/** Claims at once, with the reads of the contacts: far more than Redis needs for its full rate. */
const CLAIMS = { min: 4, max: 512, initial: 64 };
/** Claims that wait, and the longest time from the license verdict to the answer, in ms: like the license queue. */
const CLAIMS_WAITING = 1_000;
const CLAIM_MS = 2_500;

/**
 * Decides whether a device may register now: health of the back ends, limits, proof, license, quota. How many registers PostgreSQL
 * and Redis get at once follows their latency (docs/adr/0021); the others wait, or are refused with the time after which
 * they have a chance.
 */
@Injectable()
export class RegisterAdmission implements OnModuleInit {
  readonly #claims = new DeadlineQueue({ concurrency: CLAIMS, maxWaiting: CLAIMS_WAITING, deadlineMs: CLAIM_MS });

  constructor(
    private readonly licenses: LicenseRepository,
    private readonly proofs: ProofCheck,
    private readonly refusals: RefusalLimits,
    private readonly pace: RefusalPace,
    private readonly quotas: PeerQuotas,
    private readonly cluster: ClusterNode,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('wr_license_queue', () => this.licenses.waiting);
    this.metrics.gauge('wr_license_checks_limit', () => this.licenses.limit);
    this.metrics.gauge('wr_claim_queue', () => this.#claims.waiting);
    this.metrics.gauge('wr_claims_limit', () => this.#claims.limit);
  }

  /**
   * The result of `claim`, when it is its turn; a result that comes too late is disposed.
   *
   * @throws Error of `claim`.
   */
  async claim<T extends Disposable>(claim: () => Promise<T>): Promise<T | RegisterFailure> {
    const result = await this.#claims.run(async (proceed) => {
      using late = new DisposableStack();
      const claimed = late.use(await claim());
      proceed();
      late.move();
      return claimed;
    });
    if (result.outcome === 'done') return result.value;
    if (result.outcome === 'failed') throw result.error;
    return withRetry('unavailable', 'retryAfterMs' in result ? result.retryAfterMs : undefined);
  }

  /** A refused proof or look-up counts against the identity and its source. Never rejects because a back end is down. */
  async admit(
    data: ClientData<'register'>,
    applicant: Applicant,
    timer: RegistrationTimer,
  ): Promise<LicenseTerm | RegisterFailure> {
    using register = this.pace.begin();
    const result = await this.#decide(data, applicant, timer);
    if ('code' in result && !SAYS_NOTHING.has(result.code)) await register.refusable;
    return result;
  }

  async #decide(
    data: ClientData<'register'>,
    { source, challenge }: Applicant,
    timer: RegistrationTimer,
  ): Promise<LicenseTerm | RegisterFailure> {
    if (!this.cluster.isReachable()) return withRetry('unavailable');
    // Before PostgreSQL works for a register that Redis cannot take.
    const refusal = this.#claims.refusal();
    if (refusal !== undefined) return withRetry('unavailable', refusal.retryAfterMs);
    const { license_key: text, device_id: device, peer_id: peer, transfer } = data;
    const key = normalizeLicenseKey(text);
    // The database is not queried, so nothing is counted.
    if (key === undefined) return { code: 'license_invalid' };
    const attempt = attemptOf(key, device, peer, source);
    const waitMs = this.refusals.waitMs(attempt, performance.now());
    if (waitMs > 0) return { code: 'rate_limited', details: { retryAfterMs: waitMs } };
    const proof = await this.proofs.check(data, key, challenge);
    if (typeof proof === 'string') {
      this.refusals.refused(attempt, proof, performance.now());
      return { code: proof };
    }
    const request = { ...proof, wantsTransfer: transfer };
    const askedMs = performance.now();
    const verdict = await timer.step('database', () => this.licenses.authorize(text, device, peer, request));
    if (verdict.outcome === 'accepted') {
      const nowMs = performance.now();
      this.refusals.accepted(attempt, nowMs);
      const quotaMs = await this.quotas.registers.take(peer);
      if (quotaMs > 0) return { code: 'rate_limited', details: { retryAfterMs: quotaMs } };
      const { licenseId: license, expiresInMs } = verdict;
      return { license, expiresAtMs: expiresInMs === undefined ? undefined : nowMs + expiresInMs };
    }
    if (verdict.code === 'license_unavailable') return withRetry(verdict.code, verdict.retryAfterMs);
    const nowMs = performance.now();
    this.pace.lookedUp(nowMs - askedMs);
    this.refusals.refused(attempt, verdict.code, nowMs);
    return verdict.waitDays === undefined ? { code: verdict.code } : tooSoon(verdict.code, verdict.waitDays);
  }
}

/** `retryAfterMs` comes from a queue; the default is a random time around `RETRY_MS`. */
export function withRetry(code: RegisterError, retryAfterMs = RETRY_MS * (0.5 + Math.random())): RegisterFailure {
  return { code, details: { retryAfterMs } };
}

/** No `retry_after_ms`: a client must not transfer a license automatically. */
function tooSoon(code: RegisterError, waitDays: number): RegisterFailure {
  const days = waitDays === 1 ? '1 day' : `${waitDays} days`;
  return { code, details: { message: `${ERROR_CODES[code]} It can be moved again in ${days}.` } };
}
