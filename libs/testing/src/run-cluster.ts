#!/usr/bin/env node
// The program behind `npm run cluster`.
import type { Issued } from './licenses.js';
import { CLUSTER_DATA_DIR, LocalCluster } from './local-cluster.js';
import { readRunClusterOptions } from './run-cluster-options.js';

/**
 * npm forwards Ctrl-C, and the terminal sends it as well: signals within this time are one and the same. Milliseconds.
 */
const SAME_SIGNAL_MS = 1_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function announcement(cluster: LocalCluster, keys: readonly Issued[]): string {
  const rows = cluster.gateways.map(
    ({ url, adminPort, pid }) => `  ${url.padEnd(28)}http://127.0.0.1:${adminPort}/metrics   pid ${pid}`,
  );
  const first = JSON.stringify({
    event: 'register',
    ref: '1',
    data: { license_key: keys[0]?.license_key, device_id: 'device-of-alice', peer_id: 'peer-of-alice' },
  });
  return `
The cluster is up.

  ${'clients'.padEnd(28)}health and metrics                process
${rows.join('\n')}
${tlsText(cluster)}
  Development licenses (10 devices each):
${keys.map(({ license_key }) => `    ${license_key}`).join('\n')}

  Try it: open a WebSocket to any of them and send
    ${first}
  and as peer-of-bob at another, with "contacts": ["peer-of-alice"]. Then kill -9 one of the gateways.
  Licenses: npm run license -- list --data-dir ${CLUSTER_DATA_DIR}
  At a glance: REDIS_URL=${cluster.redisUrl} npm run -s admin -- status --data-dir ${CLUSTER_DATA_DIR}

  Ctrl-C ends everything.
`;
}

function tlsText({ tlsEndpoint }: LocalCluster): string {
  if (tlsEndpoint === undefined) return '';
  const { url, certificateFile } = tlsEndpoint;
  return `  ${url.padEnd(28)}all of them behind HAProxy, with TLS

  Its certificate signs itself, so clients must be configured to trust it: NODE_EXTRA_CA_CERTS=${certificateFile}
  for Node, --cacert for curl, an import into the browser.
`;
}

/** Resolves at the first SIGINT or SIGTERM; a later one, once it cannot be the same, ends this process at once. */
function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      first ??= performance.now();
      // Processes that still run are killed by their own `exit` listeners.
      if (performance.now() - first > SAME_SIGNAL_MS) process.exit(1);
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

async function main(): Promise<number> {
  const options = readRunClusterOptions(process.argv.slice(2));
  if ('text' in options) {
    process[options.failed ? 'stderr' : 'stdout'].write(`${options.text}\n`);
    return options.failed ? 2 : 0;
  }
  const ended = endSignal();
  const cluster = new LocalCluster(say);
  const started = cluster.start(options.gateways).then((keys) => {
    say(announcement(cluster, keys));
    return ended;
  });
  try {
    // The signal came during the start: stop what was started until then.
    await Promise.race([started, ended]);
    return 0;
  } catch (failure) {
    process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
    return 1;
  } finally {
    await cluster.stop();
    say('ended');
  }
}

process.exitCode = await main();
