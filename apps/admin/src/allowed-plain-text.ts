import { plainTextProblem, refusedPlainText } from '@white-rabbit/cluster';
import { UsageFailure } from './command-failure.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Refuses plain text to hosts that WR_ALLOW_PLAINTEXT does not name, as a gateway does.
 *
 * @param name the setting that contains the hosts.
 * @param encrypted the advice for the operator, as an imperative.
 * @throws UsageFailure
 */
export function refusePlainText(env: Environment, name: string, hosts: readonly string[], encrypted: string): void {
  const allowed = (env['WR_ALLOW_PLAINTEXT'] ?? '').split(',').map((host) => host.trim());
  const refused = refusedPlainText(hosts, allowed);
  if (refused.length > 0) throw new UsageFailure(`${name}: ${plainTextProblem(refused, encrypted)}`);
}
