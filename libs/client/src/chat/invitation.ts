import { fingerprintOf } from '../fingerprint.js';
import { isPeerId, isProfileName } from './address-book.js';

/** What a user passes on so that another user can add them. It holds no secret, and never a license key. */
export interface Invitation {
  /** The address of the server, `wss://host/ws` (or `ws:`). */
  readonly server: string;
  /** The peer that invites. */
  readonly peerId: string;
  /** The name that the peer proposes for itself; see `isProfileName`. */
  readonly name: string;
  /** The fingerprint of the peer (`fingerprintOf(peerId)`), for people to compare over another way. */
  readonly fingerprint: string;
}

/** What `readInvitation` found. */
export type InvitationResult =
  | { readonly ok: true; readonly invitation: Invitation }
  /**
   * - `not_an_invitation`: a part is missing, repeated or malformed.
   * - `fingerprint_mismatch`: the fingerprint belongs to another peer id; the link was changed on its way.
   */
  | { readonly ok: false; readonly reason: 'not_an_invitation' | 'fingerprint_mismatch' };

/** Longer texts are no invitations. Characters. */
const MAX_LENGTH = 4_096;
const NOT_AN_INVITATION = { ok: false, reason: 'not_an_invitation' } as const;

/** An invitation to a peer, with its fingerprint. */
export async function createInvitation(of: Omit<Invitation, 'fingerprint'>): Promise<Invitation> {
  const { server, peerId, name } = of;
  return { server, peerId, name, fingerprint: await fingerprintOf(peerId) };
}

/**
 * Writes an invitation as a link. It stands after `#`, which a browser does not send to the server of the page.
 *
 * @param base the address of a browser client, or the default `white-rabbit:`, which other clients read.
 */
export function writeInvitation({ server, peerId, name, fingerprint }: Invitation, base = 'white-rabbit:'): string {
  const parameters = new URLSearchParams({ server, peer: peerId, name, fingerprint }).toString();
  // Programs that detect links in texts do not agree on a plus sign.
  return `${base.replace(/#.*$/su, '')}#${parameters.replaceAll('+', '%20')}`;
}

/** Reads a link that `writeInvitation` wrote, with any base. Line breaks and blanks of a terminal are ignored. Never rejects. */
export async function readInvitation(text: string): Promise<InvitationResult> {
  if (text.length > MAX_LENGTH) return NOT_AN_INVITATION;
  const [, fragment] = text.replace(/\s/gu, '').split('#', 2);
  const parameters = new URLSearchParams(fragment);
  const [server, peerId, name, fingerprint] = ['server', 'peer', 'name', 'fingerprint'].map((key) => {
    const [value, second] = parameters.getAll(key);
    return second === undefined ? value : undefined;
  });
  const address = serverOf(server);
  if (address === undefined || !name || !isProfileName(name) || !peerId || !isPeerId(peerId) || !fingerprint)
    return NOT_AN_INVITATION;
  if (fingerprint.toUpperCase() !== (await fingerprintOf(peerId))) return { ok: false, reason: 'fingerprint_mismatch' };
  return {
    ok: true,
    invitation: { server: address, peerId, name: name.normalize(), fingerprint: fingerprint.toUpperCase() },
  };
}

/** The address of a server, without a password and written as a URL: no controls, no blanks. `undefined` if it is none. */
function serverOf(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  return /^wss?:$/.test(protocol) && username === '' && password === '' ? href : undefined;
}
