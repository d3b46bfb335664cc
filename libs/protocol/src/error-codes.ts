/** The error codes and their texts (docs/protocol.md, section 6). Only the codes are part of the protocol. */
export const ERROR_CODES = {
  bad_message: 'The frame is not a JSON object with an event.',
  unknown_event: 'There is no such event.',
  bad_data: 'A field is missing or malformed.',
  not_registered: 'Send register first.',
  already_registered: 'This connection is registered already.',
  license_invalid: 'This license key is not valid.',
  license_revoked: 'This license was revoked.',
  license_expired: 'This license has expired.',
  license_device_limit: 'All devices of this license are bound.',
  license_transfer_too_soon: 'This license was moved to another device lately.',
  license_identity_mismatch: 'This device is bound with another peer_id.',
  peer_id_taken: 'This peer_id belongs to another device.',
  proof_required: 'This identity needs a proof by its key.',
  proof_invalid: 'The proof is not one by the key of this identity.',
  license_unavailable: 'The license cannot be checked at the moment.',
  rate_limited: 'Too many requests.',
  peer_offline: 'The peer is not online.',
  call_exists: 'This call_id is in use.',
  call_not_found: 'There is no such call.',
  call_not_active: 'The call does not allow this now.',
  call_limit: 'One side has too many calls.',
  contacts_limit: 'Too many contacts.',
  self_call: 'A peer cannot call itself.',
  undeliverable: 'The other side did not take the frame in time; it may or may not have arrived.',
  unavailable: 'Only peers on this gateway can be reached at the moment.',
  internal: 'The server failed.',
} as const;

/** An error code of the table above. */
export type ErrorCode = keyof typeof ERROR_CODES;
