import { isLoopback } from './loopback.js';

/**
 * Those hosts to which plain text may not go: passwords and names of peers would be read on the way. This machine may be
 * spoken to, and what the operator allowed by name; upper and lower case are one.
 */
export function refusedPlainText(hosts: readonly string[], allowed: readonly string[]): readonly string[] {
  const isAllowed = (host: string) => allowed.some((name) => name.toLowerCase() === host.toLowerCase());
  return [...new Set(hosts)].filter((host) => !isLoopback(host) && !isAllowed(host));
}

/**
 * What is wrong, in words. `hosts`: what `refusedPlainText` gave, one at least.
 *
 * @param encrypted what to do instead, as an imperative.
 */
export function plainTextProblem(hosts: readonly string[], encrypted: string): string {
  return (
    `plain text to ${hosts.join(', ')} is refused. ${encrypted} (docs/operations.md, Encryption), or, if the network ` +
    `between is private, name the host in WR_ALLOW_PLAINTEXT.`
  );
}
