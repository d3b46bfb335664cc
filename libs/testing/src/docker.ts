import { existsSync } from 'node:fs';
import { request } from 'node:http';

const SOCKET = '/var/run/docker.sock';

/** How long a daemon may take to say that it is there. Milliseconds. */
const PING_MS = 1_000;

/** Whether a Docker daemon answers on this machine. Asked once; false at once where there is no socket. */
export function dockerAnswers(): Promise<boolean> {
  return (asked ??= ping());
}

let asked: Promise<boolean> | undefined;

function ping(): Promise<boolean> {
  // A daemon elsewhere: testcontainers knows how to reach it.
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
