import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from '@white-rabbit/testing';
import { startRedis } from '@white-rabbit/testing/redis';
import type { Server } from './side.js';
import type { WireName } from './wires.js';

/** Package of the servers that the gateway is compared with. The same from `src` and from `dist`. */
const FOLDER = join(import.meta.dirname, '../../baselines');
const LOCK = join(FOLDER, 'package-lock.json');
/** The lock file of what is installed. */
const INSTALLED_LOCK = join(FOLDER, 'node_modules/.installed-lock.json');

const LISTEN_MS = 30_000;
const STOP_MS = 2_000;

/** Whether the packages of the baselines are installed, in the versions of the lock file. */
export function areBaselinesInstalled(): boolean {
  return existsSync(INSTALLED_LOCK) && readFileSync(INSTALLED_LOCK, 'utf8') === readFileSync(LOCK, 'utf8');
}

/** Installs the packages of the baselines if they are missing; the output of npm goes to stderr. */
export async function installBaselines(progress: (text: string) => void): Promise<void> {
  if (areBaselinesInstalled()) return;
  progress('Installing the servers to compare with (first use only) …');
  const args = ['ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--loglevel=error', '--progress=true'];
  const npm = spawn('npm', args, { stdio: ['ignore', 2, 2], cwd: FOLDER });
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code !== 0) throw new Error('npm ci failed for the servers to compare with.');
  copyFileSync(LOCK, INSTALLED_LOCK);
}

/** One process of a baseline, each a program in the folder of its package. */
export async function startBaseline(name: string, wire: WireName): Promise<Server> {
  const node = await startNode(wire);
  return {
    name,
    wire,
    urls: [node.url],
    pids: [node.process.pid],
    newNames,
    stop: async () => {
      await node.process.stop(STOP_MS);
    },
  };
}

/** Nodes of Socket.IO with a Redis between them. */
export async function startSocketIoCluster(name: string, count: number): Promise<Server> {
  const redis = await startRedis();
  // The user of the gateway may only use the channels of the gateway.
  const url = redis.urlOf('wr-operator');
  const nodes = await Promise.all(Array.from({ length: count }, () => startNode('socket-io', url)));
  return {
    name,
    wire: 'socket-io',
    urls: nodes.map(({ url }) => url),
    pids: nodes.map(({ process }) => process.pid),
    redisUrl: url,
    newNames,
    stop: async () => {
      await Promise.all(nodes.map(({ process }) => process.stop(STOP_MS)));
      await redis.stop();
    },
  };
}

async function startNode(wire: WireName, ...args: string[]) {
  const node = new ManagedProcess({
    name: wire,
    command: process.execPath,
    args: [join(FOLDER, `${wire}.mjs`), ...args],
  });
  const port = await node.line(portIn, LISTEN_MS);
  return { process: node, url: `ws://127.0.0.1:${port}` };
}

function portIn(line: string): number | undefined {
  return line.includes('"listening"') ? (JSON.parse(line) as { port: number }).port : undefined;
}

let named = 0;

function newNames(count: number): Promise<readonly string[]> {
  return Promise.resolve(Array.from({ length: count }, () => `client-${(named += 1)}`));
}
