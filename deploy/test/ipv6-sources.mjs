// Run in a network namespace of its own, with these arguments: path of HAProxy, file with the gateways, source addresses. Starts
// HAProxy with the shipped configuration and asks it for /healthz from each of these sources in turn. Prints the answers as JSON:
// a status, or "refused". The environment is that of HAProxy.
import { execFileSync, spawn } from 'node:child_process';
import { request } from 'node:https';
import { fileURLToPath, URL } from 'node:url';

const HOST = '2001:db8::1';
const PORT = 8443;
const CONFIGURATION = fileURLToPath(new URL('../haproxy/haproxy.cfg', import.meta.url));
const [command, gateways, ...sources] = process.argv.slice(2);

execFileSync('ip', ['link', 'set', 'lo', 'up']);
for (const address of new Set([HOST, ...sources])) {
  execFileSync('ip', ['-6', 'address', 'add', `${address}/128`, 'dev', 'lo', 'nodad']);
}
const env = { ...process.env, WR_HAPROXY_BIND: `[${HOST}]:${PORT}` };
const haproxy = spawn(command, ['-db', '-f', CONFIGURATION, '-f', gateways], { env, stdio: ['ignore', 2, 2] });

/** From HAProxy's own address, which is no source of the test. */
async function untilItListens() {
  while ((await ask(HOST)) === 'refused' && haproxy.exitCode === null);
}

function ask(localAddress) {
  return new Promise((resolve) => {
    const options = { host: HOST, port: PORT, path: '/healthz', localAddress, rejectUnauthorized: false, agent: false };
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once('error', () => resolve('refused'));
    asked.end();
  });
}

try {
  await untilItListens();
  const answers = [];
  for (const source of sources) answers.push(await ask(source));
  process.stdout.write(JSON.stringify(answers));
} finally {
  haproxy.kill();
}
