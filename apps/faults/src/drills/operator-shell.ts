import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { REPOSITORY_ROOT, type TestCluster } from '@white-rabbit/testing';
import type { GatewaySlots } from './gateway-slots.js';

/** A command of the runbook may take this long. */
const COMMAND_MS = 90_000;
/** After this time a command that would run until Ctrl-C gets it. Without a terminal redis-cli ends before. Seconds. */
const UNTIL_CTRL_C_S = 20;

const WR_ADMIN = join(REPOSITORY_ROOT, 'apps/admin/dist/main.js');

/** What a command printed, and its exit status; -1 if a signal ended it. */
export interface Printed {
  readonly output: string;
  readonly status: number;
}

/**
 * The shell of an operator of a drill: the functions of docs/operations.md, section Commands, for gateways that are
 * processes of this machine. Functions that change gateways ask this process to do it, over HTTP on loopback.
 */
export class OperatorShell {
  /** Where commands write files. */
  readonly #folder: string;
  readonly #file: string;
  readonly #server: Server;

  private constructor(folder: string, file: string, server: Server) {
    this.#folder = folder;
    this.#file = file;
    this.#server = server;
  }

  /** Writes the functions to a file in the folder. @param front host and port for clients. */
  static async open(
    folder: string,
    { cluster, slots, front }: { cluster: TestCluster; slots: GatewaySlots; front: string },
  ): Promise<OperatorShell> {
    const server = await platformServer(slots);
    const file = join(folder, 'functions.sh');
    const { port } = server.address() as AddressInfo;
    await writeFile(file, functions({ cluster, slots, front, platform: `http://127.0.0.1:${port}` }));
    return new OperatorShell(folder, file, server);
  }

  /** Runs one command of the runbook, as it is written. @param env is added to the environment. */
  async run(command: string, env: Readonly<Record<string, string>> = {}): Promise<Printed> {
    const isEndless = command.includes('# Ctrl-C');
    const script = `. ${this.#file}\n${command}\n`;
    const { PATH, HOME } = process.env;
    const args = isEndless ? ['-s', 'INT', String(UNTIL_CTRL_C_S), 'bash', '-c', script] : ['-c', script];
    return new Promise((resolve) => {
      execFile(
        isEndless ? 'timeout' : 'bash',
        args,
        { cwd: this.#folder, env: { PATH, HOME, USER: 'drill', ...env }, timeout: COMMAND_MS, maxBuffer: 16 * 2 ** 20 },
        (failure, stdout, stderr) => {
          const code = failure === null ? 0 : typeof failure.code === 'number' ? failure.code : -1;
          resolve({ output: `${stdout}${stderr}`, status: isEndless && stdout !== '' ? 0 : code });
        },
      );
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

interface Site {
  readonly cluster: TestCluster;
  readonly slots: GatewaySlots;
  readonly front: string;
  /** URL of the server of `platformServer`. */
  readonly platform: string;
}

/** The third implementation of the functions; the page has the ones for Kubernetes and for Docker Compose. */
function functions({ cluster, slots, front, platform }: Site): string {
  const node = process.execPath;
  const fetch = (url: string) => `${node} -e "fetch(${url}).then((r) => r.text()).then(console.log)"`;
  const ofSlots = (value: (slot: GatewaySlots['slots'][number]) => string | number) =>
    slots.slots.map((slot) => `[${slot.name}]=${value(slot)}`).join(' ');
  return `GATEWAY=${slots.slots[0]?.name ?? ''}
WR_HOST=${front}
declare -A ADMIN_PORT=(${ofSlots(({ adminPort }) => adminPort)})
declare -A LOG_FILE=(${ofSlots(({ logFile }) => logFile)})
wr_platform() { ${node} -e "fetch('${platform}', { method: 'POST', body: JSON.stringify(process.argv.slice(1)) }).then(async (r) => { console.log(await r.text()); process.exitCode = r.ok ? 0 : 1; })" -- "$@"; }
wr_gateways() { wr_platform gateways; }
wr_ask() { ${fetch(`'http://127.0.0.1:\${ADMIN_PORT[$1]}/$2'`)}; }
wr_metric() { wr_ask "$1" metrics | grep -E "^($2)"; }
wr_log() { tail -n 200 "\${LOG_FILE[$1]}"; }
wr_last_log() { tail -n 50 "\${LOG_FILE[$1]}"; }
wr_why() { wr_platform why "$1"; }
wr_admin() { DATABASE_URL='${cluster.databaseUrlOf('wr_admin')}' REDIS_URL='${cluster.redisUrlOf('wr-admin')}' ${node} ${WR_ADMIN} "$@"; }
wr_redis() { redis-cli --no-auth-warning -u '${cluster.redisUrlOf('wr-operator')}' "$@"; }
wr_sql() { psql '${cluster.databaseUrl}' -c "$1"; }
wr_restart() { wr_platform restart "$1"; }
wr_add() { wr_platform add "$1"; }
wr_set() { wr_platform set "$1"; }
wr_rollback() { wr_platform rollback; }
`;
}

async function platformServer(slots: GatewaySlots): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      answer(slots, JSON.parse(body) as readonly string[]).then(
        (text) => response.end(text),
        (failure: unknown) => response.writeHead(500).end(String(failure)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function answer(slots: GatewaySlots, [verb = '', argument = '']: readonly string[]): Promise<string> {
  switch (verb) {
    case 'gateways':
      return slots.describe();
    case 'why':
      return slots.why(argument);
    case 'restart':
      await slots.restart(argument);
      return `${argument} restarted`;
    case 'add':
      await slots.add(Number(argument));
      return slots.describe();
    case 'set':
      await slots.set(argument);
      return `rolled out with ${argument}`;
    case 'rollback':
      return (await slots.rollBack()) ? 'rolled back' : 'There is no earlier release.';
    default:
      throw new Error('The platform has no such command.');
  }
}
