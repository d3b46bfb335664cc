import type { Contact, Invitation, InvitationResult } from '@white-rabbit/client/chat';
import { faultOfName } from './contact.js';

/** What the page knows when it reads an invitation. */
export interface InvitationContext {
  /** The address of the user's server; `undefined` if the user has not chosen one. */
  readonly server: string | undefined;
  /** The peer id of the user; `undefined` if the user has not signed in. */
  readonly ownPeerId: string | undefined;
  readonly contacts: readonly Contact[];
}

/** What the page shows of an invitation. Only an `open` one can be added. */
export type ReceivedInvitation =
  | {
      readonly state: 'open';
      readonly invitation: Invitation;
      readonly name: string;
      readonly hint: string | undefined;
    }
  | { readonly state: 'refused'; readonly sentence: string };

/** Decides what the page shows of an invitation. */
export function receiveInvitation(result: InvitationResult, context: InvitationContext): ReceivedInvitation {
  if (!result.ok) return refused(REFUSALS[result.reason]);
  const { invitation } = result;
  const known = context.contacts.find(({ peerId }) => peerId === invitation.peerId);
  if (invitation.peerId === context.ownPeerId) return refused('This is your own invitation.');
  if (known) return refused(`This peer is in your contacts already, as ${known.name}.`);
  const elsewhere = context.server !== undefined && !isSameServer(context.server, invitation.server);
  return {
    state: 'open',
    invitation,
    name: freeName(invitation.name, context.contacts),
    hint: elsewhere
      ? `This invitation is for the server ${invitation.server}. Your server is ${context.server}, and the two of you can meet only at one server.`
      : undefined,
  };
}

const REFUSALS = {
  not_an_invitation: 'This link is not a complete invitation. Nothing was added. Ask for the link again.',
  fingerprint_mismatch:
    'This invitation was changed on its way: its fingerprint belongs to another peer. Nothing was added. Ask for the link again, over another way.',
} as const;

function refused(sentence: string): ReceivedInvitation {
  return { state: 'refused', sentence };
}

/** The proposed name, with a number if another contact has it: two contacts with one name could be confused. */
function freeName(name: string, contacts: readonly Contact[]): string {
  if (faultOfName(name, contacts) === undefined) return name;
  const numbers = Array.from({ length: contacts.length + 1 }, (_, index) => `${name.slice(0, 28)}-${index + 2}`);
  return numbers.find((candidate) => faultOfName(candidate, contacts) === undefined) ?? name;
}

function isSameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && originOf(one) === originOf(other);
}

/** Without the path, which has a default. */
function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
