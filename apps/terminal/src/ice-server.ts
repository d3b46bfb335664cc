/** A STUN or TURN server in the form of `RTCIceServer`. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

const FORM = /^(?<scheme>stuns?|turns?):(?:(?<user>[^:@]+):(?<password>[^@]+)@)?(?<host>[^@]+)$/;

/** Reads `stun:HOST:PORT` or `turn:USER:PASSWORD@HOST:PORT`; `undefined` if it is neither. */
export function parseIceServer(text: string): IceServer | undefined {
  const { scheme, user, password, host } = FORM.exec(text)?.groups ?? {};
  if (scheme === undefined || host === undefined) return undefined;
  const urls = `${scheme}:${host}`;
  if (user === undefined || password === undefined) return scheme.startsWith('stun') ? { urls } : undefined;
  return { urls, username: decodeURIComponent(user), credential: decodeURIComponent(password) };
}
