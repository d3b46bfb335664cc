import { createHmac } from 'node:crypto';

/** What lets one client into a relay, for some minutes. */
export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/**
 * Credentials in coturn's REST scheme (`use-auth-secret`; draft-uberti-behave-turn-rest-00): the relay knows the secret
 * and checks the signature, so nothing needs to be told to it or kept.
 *
 * @param expiresAt seconds since 1970. The relay holds it against its own wall clock.
 * @param token makes two user names differ. It stands in the relay's log: it must name nobody.
 */
export function turnCredentials(secret: string, expiresAt: number, token: string): TurnCredentials {
  const username = `${expiresAt}:${token}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
