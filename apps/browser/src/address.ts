import { profileOfLink, type Profile } from './profile.js';

/** What a link to this page brings after `#`. */
export type Linked =
  { readonly kind: 'profile'; readonly profile: Profile } | { readonly kind: 'invitation'; readonly link: string };

/** Reads what a link to this page brings; `undefined` if it brings nothing that the page knows. */
export function readAddress(href: string): Linked | undefined {
  const { hash } = new URL(href);
  if (isInvitationLink(hash)) return { kind: 'invitation', link: href };
  const profile = profileOfLink(hash);
  return profile && { kind: 'profile', profile };
}

/** Whether the text claims to be the link of an invitation. It may be wrong. */
export function isInvitationLink(text: string): boolean {
  const hash = text.indexOf('#');
  const parameters = new URLSearchParams(hash < 0 ? '' : text.slice(hash + 1));
  return parameters.has('peer') || parameters.has('fingerprint');
}

/**
 * Takes what a link brings out of the address of the page: it may have a license key, and must stay neither in the history
 * of the browser nor in what a user copies.
 */
export function takeFromAddress(): Linked | undefined {
  const linked = readAddress(location.href);
  if (linked) history.replaceState(null, '', location.pathname);
  return linked;
}
