import { isGeneratedPeerId, readInvitation, type Contact, type Invitation } from '@white-rabbit/client/chat';

/** A contact as the user names it after `/add`, and the invitation that it comes from. */
export type ContactArgument =
  | { readonly ok: true; readonly contact: Contact; readonly invitation?: Invitation }
  /** `sentence` says what the user can do. */
  | { readonly ok: false; readonly sentence: string };

const USAGE = 'Use /add LINK with the link of an invitation, or /add NAME PEER_ID.';

/** Why a link cannot be used. */
const FAULTS = {
  not_an_invitation: 'This link is not an invitation, or a part of it is missing. Copy the whole link and try again.',
  fingerprint_mismatch:
    'The fingerprint of this invitation does not belong to its peer id: the link was changed on its way. Nothing was added. Ask for a new link over another channel.',
} as const;

/** Reads `LINK`, `NAME LINK`, `NAME PEER_ID`, `NAME=PEER_ID` or a generated `PEER_ID`. The fingerprint of a link is checked. Never rejects. */
export async function readContactArgument(text: string): Promise<ContactArgument> {
  const typed = text.normalize().trim();
  // A terminal may have broken the link into several lines.
  const { before, link } = /^(?:(?<before>[^#]*)\s)?(?<link>[^\s#]*#.*)$/su.exec(typed)?.groups ?? {};
  if (link !== undefined) return readLink(link, before?.trim());
  const { name, peerId } = /^(?:(?<name>.*)[\s=])?(?<peerId>[^\s=]+)$/su.exec(typed)?.groups ?? {};
  if (peerId === undefined || (name === undefined && !isGeneratedPeerId(peerId))) return { ok: false, sentence: USAGE };
  return { ok: true, contact: { name: name?.trim() ?? peerId, peerId } };
}

async function readLink(link: string, name: string | undefined): Promise<ContactArgument> {
  const read = await readInvitation(link);
  if (!read.ok) return { ok: false, sentence: FAULTS[read.reason] };
  const { invitation } = read;
  return { ok: true, contact: { name: name ?? invitation.name, peerId: invitation.peerId }, invitation };
}
