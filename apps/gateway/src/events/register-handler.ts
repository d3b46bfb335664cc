import { Injectable } from '@nestjs/common';
import {
  CLOSE_AFTER_FAILED_REGISTER,
  encodeEvent,
  encodePresence,
  isBadData,
  namesMoreThan,
  readData,
  type ClientData,
  type PeerId,
  type PeerStatus,
  type RawFrame,
  type RegisterError,
  type ServerData,
} from '@white-rabbit/protocol';
import { SessionRegistry, type RegistrationRefusal, type Session } from '@white-rabbit/signaling';
import { ConnectionConfig, NodeConfig } from '../config/slices.js';
import {
  RegistrationMetrics,
  type RegisterVerdict,
  type RegistrationTimer,
} from '../telemetry/metrics/registration-metrics.js';
import type { Connection } from '../transport/connection.js';
import { RateLimits } from './limits/rate-limits.js';
import { RegisterAdmission, withRetry, type RegisterFailure } from './register-admission.js';
import { fail, type Handled } from './reply.js';

type RegisterData = ClientData<'register'>;

/** The gateway's own data in `registered`. */
@Injectable()
export class Greeting {
  readonly data: Pick<ServerData<'registered'>, 'heartbeat_interval' | 'heartbeat_timeout' | 'region'>;

  constructor({ heartbeatIntervalMs, heartbeatTimeoutMs }: ConnectionConfig, { region }: NodeConfig) {
    this.data = {
      heartbeat_interval: heartbeatIntervalMs / 1000,
      heartbeat_timeout: heartbeatTimeoutMs / 1000,
      region,
    };
  }
}

/**
 * Handles `register`: limits, license, route, contacts; then the connection is a session. A failure closes the
 * connection.
 */
@Injectable()
export class RegisterHandler {
  constructor(
    private readonly admission: RegisterAdmission,
    private readonly sessions: SessionRegistry,
    private readonly limits: RateLimits,
    private readonly metrics: RegistrationMetrics,
    private readonly greeting: Greeting,
  ) {}

  register(connection: Connection, frame: RawFrame): Handled {
    if (namesMoreThan(this.limits.maxContacts, frame.data?.['contacts'])) {
      // The only failure that leaves the connection open: nothing was decided yet, and the client can retry with
      // fewer contacts.
      fail(connection, frame, 'contacts_limit');
      return undefined;
    }
    const data = readData('register', frame.data);
    if (isBadData(data)) {
      this.#fail(connection, frame, { code: 'bad_data', details: { message: data.message } });
      return undefined;
    }
    const contacts = [...new Set(data.contacts)];
    // A connection's first contacts: the bucket has capacity for twice as many.
    this.limits.takeContacts(connection, contacts.length, performance.now());
    connection.isRegistering = true;
    const timer = this.metrics.begin();
    return this.#register(connection, frame, data, contacts, timer).then(
      (verdict) => {
        timer.end(verdict);
      },
      (error: unknown) => {
        timer.end(this.#fail(connection, frame, withRetry('internal')));
        throw error;
      },
    );
  }

  async #register(
    connection: Connection,
    frame: RawFrame,
    data: RegisterData,
    contacts: PeerId[],
    timer: RegistrationTimer,
  ): Promise<RegisterVerdict> {
    const checkedAtMs = performance.now();
    const admitted = await this.admission.admit(data, connection, timer);
    if (!connection.isOpen) return 'gone';
    if ('code' in admitted) return this.#fail(connection, frame, admitted);
    const registration = { connection, peer: data.peer_id, ...admitted, checkedAtMs, contacts };
    const claimed = await this.admission.claim(() => timer.step('claim', () => this.sessions.prepare(registration)));
    if ('code' in claimed) return this.#fail(connection, frame, claimed);
    using prepared = claimed;
    // From here on nothing is awaited: the session is opened and the client is answered in one step.
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
        // The license check that admitted the client is outdated: the client has to register again.
        return this.#fail(connection, frame, withRetry('license_unavailable'));
    }
  }

  #welcome(connection: Connection, frame: RawFrame, session: Session, statuses: readonly PeerStatus[]): void {
    this.metrics.count('accepted');
    const registered = { peer_id: session.peer, session_id: session.id, ...this.greeting.data };
    connection.send(encodeEvent('registered', registered, frame.ref));
    if (statuses.length > 0) connection.send(encodePresence(statuses));
  }

  #fail(connection: Connection, frame: RawFrame, { code, details }: RegisterFailure): RegisterError {
    this.metrics.count(code);
    fail(connection, frame, code, details);
    const reason = details?.retryAfterMs === undefined ? code : `retry_after_ms=${Math.ceil(details.retryAfterMs)}`;
    connection.close(CLOSE_AFTER_FAILED_REGISTER[code], reason);
    return code;
  }
}
