import { CLOSE_AFTER_FAILED_REGISTER, CLOSE_CODES, type CloseCode, type RegisterError } from './close-codes.js';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';

// What the published protocol says of its codes. docs/protocol.md, section 6, has the same sentences; a test compares them.

/** What a client does after a close code, in the words of docs/protocol.md. */
export const RECONNECT_TEXTS = {
  at_once: 'reconnects at once',
  with_back_off: 'reconnects',
  after_delay: 'reconnects after a delay',
  when_fixed: 'must be fixed',
  never: 'does not reconnect by itself',
} as const;

/** What a client does after a close code. */
export type Reconnect = keyof typeof RECONNECT_TEXTS;

interface CloseCodeText {
  readonly meaning: string;
  readonly reconnect: Reconnect;
}

/** The meaning of each close code, and what a client does after it. */
export const CLOSE_CODE_TEXTS: Readonly<Record<CloseCode, CloseCodeText>> = {
  [CLOSE_CODES.frameTooLarge]: { meaning: 'a frame over 64 KiB', reconnect: 'when_fixed' },
  [CLOSE_CODES.restart]: { meaning: 'this gateway restarts', reconnect: 'at_once' },
  [CLOSE_CODES.tryAgainLater]: { meaning: 'this gateway is full', reconnect: 'after_delay' },
  [CLOSE_CODES.heartbeatTimeout]: { meaning: 'the client sent nothing for 60 s', reconnect: 'with_back_off' },
  [CLOSE_CODES.notRegistered]: { meaning: 'no `register` within 10 s', reconnect: 'with_back_off' },
  [CLOSE_CODES.slowClient]: { meaning: 'the client does not read what is sent to it', reconnect: 'after_delay' },
  [CLOSE_CODES.rateLimited]: { meaning: 'the client is beyond its limits', reconnect: 'after_delay' },
  [CLOSE_CODES.licenseUnavailable]: { meaning: 'the license database does not answer', reconnect: 'after_delay' },
  [CLOSE_CODES.clusterUnavailable]: { meaning: 'the routing of the cluster does not answer', reconnect: 'after_delay' },
  [CLOSE_CODES.protocolError]: { meaning: 'protocol error', reconnect: 'never' },
  [CLOSE_CODES.licenseRefused]: { meaning: 'license refused', reconnect: 'never' },
  [CLOSE_CODES.identityRefused]: { meaning: 'identity refused', reconnect: 'never' },
  [CLOSE_CODES.replaced]: { meaning: 'replaced by a newer connection of the same device', reconnect: 'never' },
};

/** When the server answers with each error code. */
export const ERROR_CODE_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  bad_message: 'the frame is not a JSON object with an `event`',
  unknown_event: 'there is no such event',
  bad_data: 'a field is missing or malformed; `message` names it',
  not_registered: 'another event came before `register`',
  already_registered: 'a second `register` on one socket',
  license_invalid:
    'the key is malformed, its check characters are wrong, or it was never issued; the answer is the same for all three',
  license_revoked: 'an operator revoked the license',
  license_expired: 'the license has expired',
  license_device_limit: 'the license has no free place, and this device is not bound',
  license_transfer_too_soon:
    '`register` with `transfer`, and the license was moved too recently; `message` has the days to wait',
  license_identity_mismatch: 'this device is bound with another `peer_id`',
  peer_id_taken: 'the `peer_id` belongs to another device',
  proof_required:
    'the identity has a key, is a key, or belongs to another license, or the server asks all clients, and there is no `proof`',
  proof_invalid:
    'the `proof` is not one by the key of this identity for this `register`, or the connection had no `challenge`',
  license_unavailable: 'the database did not answer; nothing was decided',
  rate_limited: 'beyond a limit of section 2; `retry_after_ms`',
  peer_offline: '`call` to a peer that is not online',
  call_exists: 'a call with this `call_id` has not ended, at either of the two sides',
  call_not_found: 'this session does not have this call, or not any more',
  call_not_active: '`signal` or `established` before `accept`; `accept` or `reject` by the caller, or a second time',
  call_limit: 'one of the two sides has 16 calls',
  contacts_limit: "more than 1,000 contacts; the server made none of the frame's changes",
  self_call: "`call` to the caller's own `peer_id`",
  undeliverable: "the other side's gateway did not confirm the frame in time",
  unavailable: 'the routing between gateways is down, so only peers at this gateway can be reached; nothing was sent',
  internal: 'an internal error of the server',
};

/** The errors that answer nothing but `register`. */
const OF_REGISTER_ONLY = /^(license_|proof_|peer_id_taken)/;

/** The errors after which the reason of the close has `retry_after_ms`. */
const WITH_RETRY: ReadonlySet<RegisterError> = new Set(['license_unavailable', 'unavailable', 'internal']);

/** What happens to the socket after an error, in the words of docs/protocol.md. */
export function afterError(code: ErrorCode): string {
  if (!closesRegister(code)) return 'stays open';
  const closes = `closes ${CLOSE_AFTER_FAILED_REGISTER[code]}${WITH_RETRY.has(code) ? ', `retry_after_ms`' : ''}`;
  return OF_REGISTER_ONLY.test(code) ? closes : `stays open; for \`register\` ${closes}`;
}

/** The close codes as the AsyncAPI document publishes them. */
export function publishedCloseCodes(): object {
  return Object.fromEntries(
    Object.entries(CLOSE_CODES).map(([name, code]) => {
      const { meaning, reconnect } = CLOSE_CODE_TEXTS[code];
      return [code, { name, meaning, reconnect, client: RECONNECT_TEXTS[reconnect] }];
    }),
  );
}

/** The error codes as the AsyncAPI document publishes them. `registerCloses`: the code of the close after a `register`. */
export function publishedErrorCodes(): object {
  return Object.fromEntries(
    (Object.entries(ERROR_CODES) as [ErrorCode, string][]).map(([code, message]) => [
      code,
      {
        message,
        meaning: ERROR_CODE_MEANINGS[code],
        socket: afterError(code),
        ...(closesRegister(code) && { registerCloses: CLOSE_AFTER_FAILED_REGISTER[code] }),
      },
    ]),
  );
}

function closesRegister(code: ErrorCode): code is RegisterError {
  return Object.hasOwn(CLOSE_AFTER_FAILED_REGISTER, code);
}
