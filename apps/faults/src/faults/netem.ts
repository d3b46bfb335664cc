import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A namespace in which the kernel is asked what it can do. */
const PROBE = 'wr-netem-probe';
const DEVICE = 'lo';
const SLOW_BAND = '1:4';

/** Runs `tc`, in a network namespace if one is named. */
async function tc(args: string, namespace?: string): Promise<void> {
  const command = ['tc', ...args.split(' ')];
  const [program = 'tc', ...rest] = namespace === undefined ? command : ['ip', 'netns', 'exec', namespace, ...command];
  await run(program, rest);
}

function netem(verb: 'add' | 'change', ms: number, lossPercent: number): string {
  return `qdisc ${verb} dev ${DEVICE} parent ${SLOW_BAND} handle 40: netem delay ${ms}ms loss ${lossPercent}%`;
}

/** All packets go the first three ways as before; the fourth is for those that a filter sends there. */
async function install(ms: number, lossPercent: number, namespace?: string): Promise<void> {
  const usual = '1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1';
  await tc(`qdisc add dev ${DEVICE} root handle 1: prio bands 4 priomap ${usual}`, namespace);
  await tc(netem('add', ms, lossPercent), namespace);
}

async function slowDown(port: number, namespace?: string): Promise<void> {
  for (const end of ['sport', 'dport']) {
    const match = `match ip ${end} ${port} 0xffff`;
    await tc(`filter add dev ${DEVICE} protocol ip parent 1:0 prio 1 u32 ${match} flowid ${SLOW_BAND}`, namespace);
  }
}

/** Delay and loss in the kernel (`tc netem`) for all packets to and from some ports of loopback. Needs root. */
export class Netem implements AsyncDisposable {
  private constructor(private readonly lossPercent: number) {}

  static async start(ports: readonly number[], lossPercent: number): Promise<Netem> {
    await install(0, lossPercent);
    const started = new Netem(lossPercent);
    try {
      for (const port of ports) await slowDown(port);
      return started;
    } catch (failure) {
      await started[Symbol.asyncDispose]();
      throw failure;
    }
  }

  /** Delays each packet by this much, in each direction. */
  async delay(ms: number): Promise<void> {
    await tc(netem('change', ms, this.lossPercent));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await tc(`qdisc del dev ${DEVICE} root`);
  }
}

/** Why this machine cannot do it, as a sentence; `undefined` if it can. It changes nothing here. */
export async function netemMissing(): Promise<string | undefined> {
  try {
    await run('ip', ['netns', 'add', PROBE]);
  } catch (failure) {
    return `No network namespace to try tc netem in: ${reasonOf(failure)}`;
  }
  try {
    await install(1, 1, PROBE);
    await slowDown(1, PROBE);
    return undefined;
  } catch (failure) {
    return `tc netem does not run with this kernel: ${reasonOf(failure)}`;
  } finally {
    await run('ip', ['netns', 'del', PROBE]);
  }
}

function reasonOf(failure: unknown): string {
  const text = failure instanceof Error && 'stderr' in failure ? String(failure.stderr) : String(failure);
  return text.trim().split('\n')[0] ?? '';
}
