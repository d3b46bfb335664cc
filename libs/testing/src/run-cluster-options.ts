import { parseArgs } from 'node:util';

/** Options of `npm run cluster`. */
export interface RunClusterOptions {
  readonly gateways: number;
}

/** More gateways on one machine show nothing that fewer do not show. */
const MOST_GATEWAYS = 50;

export const USAGE = `npm run cluster [-- --gateways N]

Starts PostgreSQL, Redis and N gateways (3 by default) on this machine, and ends them with Ctrl-C.
Gateways listen at 127.0.0.1:8081 and up, their health and metrics at 127.0.0.1:9081 and up.
Where haproxy is installed it stands before them with TLS at 127.0.0.1:8443 (its own health and metrics: 8404).
DATABASE_URL and REDIS_URL are used where set; WR_* settings reach every gateway.`;

/** Parses the command line: returns the options, or the text to print and whether that is a failure. */
export function readRunClusterOptions(
  args: readonly string[],
): RunClusterOptions | { readonly text: string; readonly failed: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { gateways: { type: 'string', default: '3' }, help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.help) return { text: USAGE, failed: false };
    const gateways = Number(values.gateways);
    if (Number.isInteger(gateways) && gateways >= 1 && gateways <= MOST_GATEWAYS) return { gateways };
    return { text: `--gateways: expected a whole number from 1 to ${MOST_GATEWAYS}.`, failed: true };
  } catch (mistake) {
    return { text: `${mistake instanceof Error ? mistake.message : 'Unknown option.'}\n\n${USAGE}`, failed: true };
  }
}
