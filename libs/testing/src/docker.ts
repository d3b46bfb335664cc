import { existsSync } from 'node:fs';
import { request } from 'node:http';

const SOCKET = '/var/run/docker.sock';

/** How long a daemon may take to answer. Milliseconds. */
const PING_MS = 1_000;

/** Whether a Docker daemon answers on this machine. Checked once; false at once if there is no socket. */
export function dockerAnswers(): Promise<boolean> {
  return (asked ??= ping());
}

let asked: Promise<boolean> | undefined;

function ping(): Promise<boolean> {
  // The daemon is on another machine: testcontainers finds it by itself.
  if (process.env['DOCKER_HOST'] !== undefined) return Promise.resolve(true);
  if (!existsSync(SOCKET)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ask = request({ socketPath: SOCKET, path: '/_ping', timeout: PING_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ask.once('timeout', () => ask.destroy());
    ask.once('error', () => {
      resolve(false);
    });
    ask.end();
  });
}
