import { isIP } from 'node:net';

/** Whether an address reaches this machine alone. A name other than `localhost` might be any machine: it does not count. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * The hosts that must not be used without TLS, because passwords and peer ids could be read on the network. Allowed
 * are this machine and the hosts that the operator allowed by name; case is ignored.
 */
export function refusedPlainText(hosts: readonly string[], allowed: readonly string[]): readonly string[] {
  const isAllowed = (host: string) => allowed.some((name) => name.toLowerCase() === host.toLowerCase());
  return [...new Set(hosts)].filter((host) => !isLoopback(host) && !isAllowed(host));
}

/**
 * The error as a sentence. `hosts`: the result of `refusedPlainText`, at least one.
 *
 * @param encrypted what to do instead, as an imperative.
 */
export function plainTextProblem(hosts: readonly string[], encrypted: string): string {
  return (
    `plain text to ${hosts.join(', ')} is refused. ${encrypted} (docs/operations.md, Encryption), or, if the network ` +
    `between is private, name the host in WR_ALLOW_PLAINTEXT.`
  );
}
