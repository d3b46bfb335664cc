import {
  CLOSE_AFTER_FAILED_REGISTER,
  encodeEvent,
  ERROR_CODES,
  isBadData,
  namesMoreThan,
  readData,
  type ClientData,
  type PeerId,
  type RawFrame,
  type RegisterError,
  type ServerData,
} from '@white-rabbit/protocol';
import { normalizeLicenseKey, type LicenseId, type LicenseRepository } from '@white-rabbit/license';
import type { PeerStatus, RegistrationRefusal, Session, SessionRegistry } from '@white-rabbit/signaling';
import type { RegistrationTimer, RegisterVerdict } from '../telemetry/metrics/registration-metrics.js';
import type { Connection } from '../transport/connection.js';
import type { Source } from '../transport/source.js';
import type { Handled } from './dispatcher.js';
import type { PeerQuota } from './limits/peer-quota.js';
import type { RateLimits } from './limits/rate-limits.js';
import { attemptOf, type RefusalLimits } from './limits/refusal-limits.js';
import { fail, type ErrorDetails } from './reply.js';

type RegisterData = ClientData<'register'>;

/** Who the license let in, or why not. */
type Admitted = LicenseTerm | Failed;

/** A license, and until when it is good: monotonic ms, or for ever. */
interface LicenseTerm {
  readonly license: LicenseId;
  readonly expiresAtMs: number | undefined;
}

interface Failed {
  readonly code: RegisterError;
  readonly details?: ErrorDetails;
}

/** What the gateway says of itself in `registered`. */
export type Greeting = Pick<ServerData<'registered'>, 'heartbeat_interval' | 'heartbeat_timeout' | 'region'>;

/** Back ends that are down are asked again after about this long; spread, so that clients do not come back as one. */
const RETRY_MS = 2_000;

/** `register`: key, limits, license, route, contacts; then the connection is a session. Any failure closes it. */
export class RegisterHandler {
  constructor(
    private readonly licenses: LicenseRepository,
    private readonly refusals: RefusalLimits,
    private readonly quota: PeerQuota,
    private readonly sessions: SessionRegistry,
    private readonly greeting: Greeting,
    private readonly limits: Pick<RateLimits, 'takeContacts'>,
    private readonly maxContacts: number,
    private readonly isReachable: () => boolean,
    private readonly onVerdict: (verdict: RegisterError | 'accepted') => void,
    private readonly begin: () => RegistrationTimer,
  ) {}

  register(connection: Connection, frame: RawFrame): Handled {
    if (namesMoreThan(this.maxContacts, frame.data?.['contacts'])) {
      // The one failure that stays open: nothing was decided yet, and the client can ask again with fewer.
      fail(connection, frame, 'contacts_limit');
      return undefined;
    }
    const data = readData('register', frame.data);
    if (isBadData(data)) {
      this.#fail(connection, frame, { code: 'bad_data', details: { message: data.message } });
      return undefined;
    }
    const contacts = [...new Set(data.contacts)];
    // A connection's first contacts: there is room for twice as many.
    this.limits.takeContacts(connection, contacts.length, performance.now());
    connection.hasSpoken = true;
    const progress = this.begin();
    return this.#register(connection, frame, data, contacts, progress).then(
      (verdict) => {
        progress.end(verdict);
      },
      (error: unknown) => {
        progress.end(this.#fail(connection, frame, withRetry('internal')));
        throw error;
      },
    );
  }

  async #register(
    connection: Connection,
    frame: RawFrame,
    data: RegisterData,
    contacts: PeerId[],
    progress: RegistrationTimer,
  ): Promise<RegisterVerdict> {
    const checkedAtMs = performance.now();
    const admitted = await this.#admit(data, connection.source, progress);
    if (!connection.isOpen) return 'gone';
    if ('code' in admitted) return this.#fail(connection, frame, admitted);
    const registration = { connection, peer: data.peer_id, ...admitted, checkedAtMs, contacts };
    using prepared = await progress.step('claim', () => this.sessions.prepare(registration));
    // From here on nothing is awaited: the session is open and the client has its answer in one step.
    const opened = prepared.commit();
    if (typeof opened === 'string') return this.#refuse(connection, frame, opened);
    connection.become(opened.session);
    this.#welcome(connection, frame, opened.session, opened.statuses);
    opened.closeDisplaced();
    return 'accepted';
  }

  #refuse(connection: Connection, frame: RawFrame, refusal: RegistrationRefusal): RegisterVerdict {
    switch (refusal) {
      case 'gone':
        return 'gone';
      case 'unavailable':
        return this.#fail(connection, frame, withRetry('unavailable'));
      case 'revoked':
        return this.#fail(connection, frame, { code: 'license_revoked' });
      case 'transferred':
        return this.#fail(connection, frame, { code: 'license_device_limit' });
      case 'released':
        // The check that let the client in is outdated: it has to ask again.
        return this.#fail(connection, frame, withRetry('license_unavailable'));
    }
  }

  /** Checks limits, license and quota. A look-up that is refused counts against the identity and its source. */
  async #admit(data: RegisterData, source: Source | undefined, progress: RegistrationTimer): Promise<Admitted> {
    if (!this.isReachable()) return withRetry('unavailable');
    const { license_key: text, device_id: device, peer_id: peer, transfer } = data;
    const key = normalizeLicenseKey(text);
    // The database is not asked, so nothing is counted.
    if (key === undefined) return { code: 'license_invalid' };
    const attempt = attemptOf(key, device, peer, source);
    const waitMs = this.refusals.waitMs(attempt, performance.now());
    if (waitMs > 0) return { code: 'rate_limited', details: { retryAfterMs: waitMs } };
    const ask = () => this.licenses.authorize(text, device, peer, transfer);
    const verdict = await progress.step('database', ask);
    if (verdict.outcome === 'accepted') {
      const nowMs = performance.now();
      this.refusals.accepted(attempt, nowMs);
      const { licenseId: license, expiresInMs } = verdict;
      const expiresAtMs = expiresInMs === undefined ? undefined : nowMs + expiresInMs;
      return this.#withinQuota(peer, { license, expiresAtMs });
    }
    if (verdict.code === 'license_unavailable') return withRetry(verdict.code, verdict.retryAfterMs);
    this.refusals.refused(attempt, performance.now());
    return verdict.waitDays === undefined ? { code: verdict.code } : tooSoon(verdict.code, verdict.waitDays);
  }

  async #withinQuota(peer: PeerId, term: LicenseTerm): Promise<Admitted> {
    const waitMs = await this.quota.take(peer);
    return waitMs > 0 ? { code: 'rate_limited', details: { retryAfterMs: waitMs } } : term;
  }

  #welcome(connection: Connection, frame: RawFrame, session: Session, statuses: readonly PeerStatus[]): void {
    this.onVerdict('accepted');
    const registered = { peer_id: session.peer, session_id: session.id, ...this.greeting };
    connection.send(encodeEvent('registered', registered, frame.ref));
    if (statuses.length > 0) connection.send(encodeEvent('presence', { peers: [...statuses] }));
  }

  #fail(connection: Connection, frame: RawFrame, { code, details }: Failed): RegisterError {
    this.onVerdict(code);
    fail(connection, frame, code, details);
    const reason = details?.retryAfterMs === undefined ? code : `retry_after_ms=${Math.ceil(details.retryAfterMs)}`;
    connection.close(CLOSE_AFTER_FAILED_REGISTER[code], reason);
    return code;
  }
}

/** No `retry_after_ms`: a client must not move a license by itself. */
function tooSoon(code: RegisterError, waitDays: number): Failed {
  const days = waitDays === 1 ? '1 day' : `${waitDays} days`;
  return { code, details: { message: `${ERROR_CODES[code]} It can be moved again in ${days}.` } };
}

/** `retryAfterMs`: what the license queue says; else after a while. */
function withRetry(code: RegisterError, retryAfterMs = RETRY_MS * (0.5 + Math.random())): Failed {
  return { code, details: { retryAfterMs } };
}
