import { createHmac } from 'node:crypto';

/** Credentials that admit one client to a relay for some minutes. */
export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/**
 * Credentials in coturn's REST scheme (`use-auth-secret`; draft-uberti-behave-turn-rest-00): the relay has the secret
 * and checks the signature, so the gateway sends and stores nothing.
 *
 * @param expiresAt seconds since 1970. The relay compares it with its own wall clock.
 * @param token makes two user names differ. It appears in the relay's log, so it must not identify a client.
 */
export function turnCredentials(secret: string, expiresAt: number, token: string): TurnCredentials {
  const username = `${expiresAt}:${token}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
