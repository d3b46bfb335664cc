import type { ErrorCode } from './error-codes.js';

/**
 * The codes with which the server closes a socket (docs/protocol.md, section 6). After 10xx and 40xx the client may
 * reconnect automatically; after 45xx only when the user has acted. `CLOSE_CODE_TEXTS` has what is published of them.
 */
export const CLOSE_CODES = {
  /** A frame exceeded 64 KiB. */
  frameTooLarge: 1009,
  /** The gateway restarts; reconnect at once. */
  restart: 1012,
  /** The gateway is full; reconnect after a delay. */
  tryAgainLater: 1013,
  /** The client sent nothing for 60 s. */
  heartbeatTimeout: 4000,
  /** The client did not register within 10 s. */
  notRegistered: 4001,
  /** More than 1 MiB is buffered for a client that does not read. */
  slowClient: 4002,
  /** The client exceeded its rate limits for too long. */
  rateLimited: 4003,
  /** The license database is unavailable. */
  licenseUnavailable: 4004,
  /** The routing of the cluster is unavailable. */
  clusterUnavailable: 4005,
  /** The client violated the protocol. */
  protocolError: 4500,
  /** The server refused the license. */
  licenseRefused: 4501,
  /** The server refused the identity. */
  identityRefused: 4502,
  /** A newer connection of the same device replaced this one. */
  replaced: 4503,
} as const;

/** A close code of the table above. */
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** The errors of a failed `register`. */
export type RegisterError = Extract<
  ErrorCode,
  'bad_data' | `license_${string}` | 'peer_id_taken' | `proof_${string}` | 'rate_limited' | 'unavailable' | 'internal'
>;

/** The close code after each error of a failed `register`. `internal` uses a code after which the client reconnects with a delay. */
export const CLOSE_AFTER_FAILED_REGISTER: Readonly<Record<RegisterError, CloseCode>> = {
  bad_data: CLOSE_CODES.protocolError,
  license_invalid: CLOSE_CODES.licenseRefused,
  license_revoked: CLOSE_CODES.licenseRefused,
  license_expired: CLOSE_CODES.licenseRefused,
  license_device_limit: CLOSE_CODES.licenseRefused,
  license_transfer_too_soon: CLOSE_CODES.licenseRefused,
  license_identity_mismatch: CLOSE_CODES.identityRefused,
  peer_id_taken: CLOSE_CODES.identityRefused,
  proof_required: CLOSE_CODES.identityRefused,
  proof_invalid: CLOSE_CODES.identityRefused,
  license_unavailable: CLOSE_CODES.licenseUnavailable,
  rate_limited: CLOSE_CODES.rateLimited,
  unavailable: CLOSE_CODES.clusterUnavailable,
  internal: CLOSE_CODES.clusterUnavailable,
};
