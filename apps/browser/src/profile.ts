import type { IdentityStore } from '@white-rabbit/client';

/** What the form asks for. */
export interface Profile {
  readonly url: string;
  readonly licenseKey: string;
  /** For the person alone; an identity is kept under it. */
  readonly name: string;
  /** As typed. */
  readonly contacts: string;
  /** Whether the key may be kept in this browser. */
  readonly keepKey: boolean;
}

/** What an empty form shows. */
export const EMPTY: Profile = { url: 'ws://127.0.0.1:8080/ws', licenseKey: '', name: '', contacts: '', keepKey: true };

const KEPT_AS = 'white-rabbit-page';

/** Where the SDK keeps the identity of that name. */
export function identityKey(name: string): string {
  return `white-rabbit:${name.normalize()}`;
}

/** Letters of any script. */
export function isProfileName(word: string): boolean {
  return /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(word);
}

/** What is wrong with a filled form, as a sentence; `undefined` where nothing is. */
export function faultOf({ url, licenseKey, name }: Profile): string | undefined {
  if (url === '') return 'Which server? An address begins with wss://.';
  if (licenseKey === '') return 'A license key is needed. Whoever runs the server has one for you.';
  if (!isProfileName(name)) return 'Up to 32 letters, digits, - and _ make a name.';
  return undefined;
}

/**
 * What a link brings: `#url=…&key=…&name=…&contacts=…`. It stands after the `#` because that is never sent to a web
 * server. It is taken whole: a link that names a server must not meet the key that is kept for another.
 */
export function profileOfLink(hash: string): Profile | undefined {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  if (!['url', 'key', 'name', 'contacts'].some((word) => said.has(word))) return undefined;
  return {
    url: said.get('url') ?? EMPTY.url,
    licenseKey: said.get('key') ?? '',
    name: said.get('name') ?? '',
    contacts: said.get('contacts') ?? '',
    keepKey: false,
  };
}

/** What was kept last. */
export function keptProfile(store: IdentityStore): Profile {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEPT_AS) ?? '{}');
    return typeof kept === 'object' ? { ...EMPTY, ...fieldsOf(kept ?? {}) } : EMPTY;
  } catch {
    return EMPTY;
  }
}

/** Keeps it for the next time; the key only where that is wished. */
export function keepProfile(store: IdentityStore, profile: Profile): void {
  store.setItem(KEPT_AS, JSON.stringify({ ...profile, licenseKey: profile.keepKey ? profile.licenseKey : '' }));
}

/** Other versions of this page may have kept other things. */
function fieldsOf(kept: object): Partial<Profile> {
  const kinds = new Map<string, string>(Object.entries(EMPTY).map(([name, value]) => [name, typeof value]));
  return Object.fromEntries(Object.entries(kept).filter(([name, value]) => kinds.get(name) === typeof value));
}
