import type { ErrorCode, Status } from '../protocol-types.js';
import type { Call } from '../call.js';
import type { FailureCode } from '../outcome.js';
import type { Closed } from '../reconnect.js';
import type { CallPhase, ConversationEnd } from './conversation.js';

/** How an application presents a sentence. */
export type Tone = 'good' | 'bad' | 'quiet';

/** A sentence about a change, with its tone. */
export interface Notice {
  readonly text: string;
  readonly tone: Tone;
}

/** Why a conversation ended; `{name}` stands for the other peer. */
type EndSentences = Readonly<Partial<Record<ConversationEnd, string>>>;
/** Why the server refused the client permanently. */
type RefusalSentences = Readonly<Partial<Record<ErrorCode, string>>>;

/** Sentences that an application replaces, for example to name its own options. */
export interface OwnSentences {
  readonly ends?: EndSentences;
  readonly refusals?: RefusalSentences;
}

const ENDS: EndSentences = {
  no_route:
    'No network path was found between you and {name}. Firewalls on both sides are the usual reason; a TURN server helps.',
  closed: 'You hung up.',
  closed_by_peer: '{name} hung up.',
  lost: 'The connection to {name} was lost.',
  failed: 'The two clients could not agree on a connection; {name} may use an incompatible client.',
  hangup: 'The call with {name} has ended.',
  cancelled: 'The call with {name} was cancelled.',
  timeout: '{name} did not answer.',
  peer_offline: '{name} is not online.',
  glare: 'You and {name} called each other at the same time, and no call was set up. Try again.',
  declined: '{name} declined the call.',
  busy: '{name} is in another call.',
  seal_missing:
    'The call with {name} was not sealed, although both of you have keys: {name} uses another client, or the server removed the seal. No text was sent.',
  seal_broken:
    'What you and {name} exchange to connect was changed or lost on its way through the server. The call has ended, and no text was sent.',
  disconnected: 'There is no connection to the server, so no call with {name} is possible at the moment.',
  no_answer: 'The server did not respond.',
  rate_limited: 'You sent too many requests to the server in a short time. Wait a minute.',
  call_limit: 'You or {name} have too many calls at the same time.',
  call_not_found: 'The call with {name} has already ended.',
  self_call: 'You cannot call yourself.',
  undeliverable: '{name} could not be reached in time.',
  unavailable: 'The servers are not connected to each other at the moment, so no call with {name} is possible.',
};

/** What the callee reads if it rang and the user did not accept. */
const ENDS_OF_RINGS: EndSentences = {
  declined: 'You declined the call from {name}.',
  cancelled: '{name} called and hung up before you answered.',
  timeout: '{name} called and you did not answer.',
  peer_offline: '{name} called and went offline.',
  disconnected: '{name} called, and your connection to the server was lost before you answered.',
};

/** The ends that a user chose: no problem to report. */
const CHOSEN_ENDS: readonly ConversationEnd[] = ['closed', 'closed_by_peer', 'hangup', 'cancelled', 'declined'];

const REFUSALS: RefusalSentences = {
  license_invalid: 'The server does not know this license key. Check it for a typing error.',
  license_revoked: 'This license was revoked. Ask the operator for another license.',
  license_expired: 'This license has expired. Ask the operator to renew it.',
  license_device_limit:
    'This license is in use on another device and allows no more devices. Use that device, or ask the operator to release it.',
  license_transfer_too_soon:
    'This license was moved to another device recently and cannot be moved again yet. Use that device, or ask the operator to release it.',
  license_identity_mismatch:
    'This device used this license under another name before. Use that name, or ask the operator to release the device.',
  peer_id_taken: 'The identity behind this name belongs to another device. Use another name.',
  proof_required: 'The server accepts this identity only with its key, which this client does not have.',
  proof_invalid:
    'The server did not accept the key of this identity. Check the address of the server, or use another name.',
  bad_data: 'The server did not accept the registration. Check that the license key is complete.',
};

const REPLACED = 4503;
const LICENSE_REFUSED = 4501;

/** Why the connection to the server was lost, by close code. */
const OUTAGES: Readonly<Record<number, string>> = {
  1012: 'The server is restarting.',
  1013: 'The server is full.',
  4003: 'You are sending requests too quickly.',
  4004: 'The server cannot check licenses at the moment.',
  4005: 'The servers are not connected to each other at the moment.',
};

/** A hostile server sends any text as the key, such as the name of a property that every object has. */
function sentenceOf(sentences: Readonly<Record<string, string | undefined>>, key: string): string | undefined {
  return Object.hasOwn(sentences, key) ? sentences[key] : undefined;
}

/** The sentences that both reference clients show, in English. */
export class ChatSentences {
  readonly #ends: EndSentences;
  readonly #refusals: RefusalSentences;

  constructor({ ends, refusals }: OwnSentences = {}) {
    this.#ends = { ...ENDS, ...ends };
    this.#refusals = { ...REFUSALS, ...refusals };
  }

  /** Why a conversation ended. @param wasRinging the call rang here and the user did not accept it. */
  end(why: ConversationEnd, name: string, wasRinging: boolean): Notice {
    const found = (wasRinging ? sentenceOf(ENDS_OF_RINGS, why) : undefined) ?? sentenceOf(this.#ends, why);
    const text = (found ?? `The call with {name} failed (${why}).`).replaceAll('{name}', () => name);
    return { text, tone: CHOSEN_ENDS.includes(why) ? 'quiet' : 'bad' };
  }

  /** The notice for a change of phase; `undefined` for phases that need none. */
  phase(phase: CallPhase, before: CallPhase, name: string): Notice | undefined {
    if (phase === 'connecting') return { text: `Connecting to ${name} …`, tone: 'quiet' };
    if (phase === 'interrupted') return { text: `The connection to ${name} is interrupted …`, tone: 'bad' };
    if (phase !== 'talking') return undefined;
    if (before === 'interrupted') return { text: `The connection to ${name} is restored.`, tone: 'good' };
    return { text: `Connected to ${name}. Your texts go directly to ${name}, not through a server.`, tone: 'good' };
  }

  /** Whether the signals of a call were sealed, for the beginning of a conversation. */
  seal({ fingerprint }: Pick<Call, 'fingerprint'>, name: string): Notice {
    if (fingerprint === undefined) {
      return { text: `Not sealed: the server could listen, because you or ${name} have no key.`, tone: 'bad' };
    }
    return { text: `Sealed: ${fingerprint}. If ${name} sees the same code, the server cannot listen.`, tone: 'good' };
  }

  /** Why the connection to the server was lost; `otherwise` if the close code says nothing about it. */
  outage({ code }: Pick<Closed, 'code'>, otherwise = 'The server cannot be reached.'): string {
    return OUTAGES[code] ?? otherwise;
  }

  /** Why the server refused the client permanently. */
  refusal({ code, error }: Pick<Closed, 'code' | 'error'>): string {
    if (code === REPLACED) return 'You connected with this identity from another place. This client is disconnected.';
    const known = error && sentenceOf(this.#refusals, error);
    if (known) return known;
    if (code === LICENSE_REFUSED)
      return 'The server no longer accepts this license. Ask the operator for another license.';
    return `The server refused the connection permanently (${code}).`;
  }

  /** Why the server refused a contact. */
  contactRefusal(code: FailureCode): string {
    return code === 'contacts_limit'
      ? 'You have the maximum number of contacts.'
      : `The server refused the contact (${code}).`;
  }

  /** The presence of a peer. @param isCurrent `false` if there is no connection to the server. */
  presence(status: Status | undefined, isCurrent: boolean): string {
    if (status === undefined) return isCurrent ? 'not a contact' : 'unknown';
    const word = status === 'ONLINE' ? 'online' : 'offline';
    return isCurrent ? word : `last known: ${word}`;
  }
}
