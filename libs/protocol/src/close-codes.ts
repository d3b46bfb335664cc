import type { ErrorCode } from './error-codes.js';

/**
 * Every code the server closes a socket with (PROTOCOL.md, section 6). 10xx and 40xx: the client may come back by
 * itself. 45xx: not before a person acted.
 */
export const CLOSE_CODES = {
  /** Frame over 64 KiB. */
  frameTooLarge: 1009,
  /** This gateway restarts; reconnect at once. */
  restart: 1012,
  /** No room at this gateway; reconnect after a delay. */
  noRoom: 1013,
  /** Nothing was heard for 60 s. */
  heartbeatTimeout: 4000,
  /** No `register` within 10 s. */
  notRegistered: 4001,
  /** More than 1 MiB waits for a client that does not read. */
  slowClient: 4002,
  /** Beyond its limits for too long. */
  rateLimited: 4003,
  /** The license database cannot be asked. */
  licenseUnavailable: 4004,
  /** The cluster's routing cannot be asked. */
  clusterUnavailable: 4005,
  /** Protocol error. */
  protocolError: 4500,
  /** License refused. */
  licenseRefused: 4501,
  /** Identity refused. */
  identityRefused: 4502,
  /** Replaced by a newer connection of the same device. */
  replaced: 4503,
} as const;

/** A number of the table above. */
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** Errors that a failed `register` can be answered with. */
export type RegisterError = Extract<
  ErrorCode,
  'bad_data' | `license_${string}` | 'peer_id_taken' | 'rate_limited' | 'unavailable' | 'internal'
>;

/** What follows a failed `register`: its error, then this close code. `internal` closes as the ws standard's 1011 would, with a delay to come back. */
export const CLOSE_AFTER_FAILED_REGISTER: Readonly<Record<RegisterError, CloseCode>> = {
  bad_data: CLOSE_CODES.protocolError,
  license_invalid: CLOSE_CODES.licenseRefused,
  license_revoked: CLOSE_CODES.licenseRefused,
  license_expired: CLOSE_CODES.licenseRefused,
  license_device_limit: CLOSE_CODES.licenseRefused,
  license_transfer_too_soon: CLOSE_CODES.licenseRefused,
  license_identity_mismatch: CLOSE_CODES.identityRefused,
  peer_id_taken: CLOSE_CODES.identityRefused,
  license_unavailable: CLOSE_CODES.licenseUnavailable,
  rate_limited: CLOSE_CODES.rateLimited,
  unavailable: CLOSE_CODES.clusterUnavailable,
  internal: CLOSE_CODES.clusterUnavailable,
};
