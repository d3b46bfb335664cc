type Environment = Readonly<Record<string, string | undefined>>;

/** Parameters that turn TLS on in node-postgres. */
const TLS_PARAMETERS = ['sslmode', 'sslcert', 'sslkey', 'sslrootcert'] as const;
const TLS_MODES_OF_ENVIRONMENT: readonly string[] = ['prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/**
 * The host of a database whose URL uses no TLS, as node-postgres reads it; `undefined` if the URL uses TLS or a Unix
 * socket. An IPv6 address is without brackets.
 */
export function plainTextHost(databaseUrl: string, env: Environment = {}): string | undefined {
  const url = new URL(databaseUrl);
  const parameters = new Map(url.searchParams);
  if (isTls(parameters, env)) return undefined;
  const named = [parameters.get('host'), decodeURIComponent(url.hostname), env['PGHOST']];
  const host = named.find((name) => name !== undefined && name !== '') ?? 'localhost';
  return host.startsWith('/') ? undefined : host.replace(/^\[(.+)\]$/, '$1');
}

function isTls(parameters: ReadonlyMap<string, string>, env: Environment): boolean {
  if (TLS_PARAMETERS.some((name) => parameters.get(name))) return parameters.get('sslmode') !== 'disable';
  const ssl = parameters.get('ssl');
  if (ssl !== undefined) return ssl !== '0' && ssl !== '';
  return parameters.get('sslnegotiation') === 'direct' || TLS_MODES_OF_ENVIRONMENT.includes(env['PGSSLMODE'] ?? '');
}
