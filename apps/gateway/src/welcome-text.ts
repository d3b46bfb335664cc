import { SOCKET_PATH } from '@white-rabbit/protocol';
import type { Config } from './config/config.js';

/**
 * The text for an operator that starts the gateway by hand: its addresses, and how to try it. Empty for a member of a
 * cluster.
 */
export function welcomeText(
  { endpoint, cluster, database }: Config,
  port: number,
  developmentKey: string | undefined,
): string {
  if (cluster.redis !== undefined || database.url !== undefined) return '';
  const scheme = endpoint.tls === undefined ? 'ws' : 'wss';
  const host = hostToTry(endpoint.host);
  const lines = ['', 'White Rabbit: one gateway alone, in memory. Ctrl-C ends it.', ''];
  lines.push(`  clients   ${scheme}://${host}:${port}${SOCKET_PATH}`);
  if (developmentKey !== undefined) {
    lines.push(`  license   ${developmentKey}   (10 devices; shown this once)`);
  }
  lines.push(
    '',
    'Try it from two more terminals, the second calls the first:',
    '',
    `  npx node docs/examples/peer.mjs ${scheme}://${host}:${port}${SOCKET_PATH} WR1-… bob`,
    `  npx node docs/examples/peer.mjs ${scheme}://${host}:${port}${SOCKET_PATH} WR1-… alice bob`,
    '',
    '',
  );
  return lines.join('\n');
}

/** The host as written in a URL; for a gateway on all addresses, an address that always exists. */
function hostToTry(host: string): string {
  if (host === '::' || host === '0.0.0.0') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
