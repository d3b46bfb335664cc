import { NodeRpc, type Engines, type LivingNode, type NodeRegistry, type RequestOutcome } from '@white-rabbit/cluster';
import { Unavailable, type NodeId } from '@white-rabbit/signaling';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { CommandFailure, UsageFailure } from '../command-failure.js';
import { findNode } from '../cluster/find-node.js';
import { findRedis } from '../cluster/find-redis.js';
import { openCluster, redisSentence } from '../cluster/open-cluster.js';
import { untilLeft } from '../cluster/until-left.js';

/** Options of `drain`. */
export interface DrainOptions extends CommonOptions {
  /** Whether to wait until the gateway has left the cluster. */
  readonly wait: boolean;
}

const NO_CLUSTER =
  'There is no cluster: set REDIS_URL (or REDIS_SENTINELS, REDIS_CLUSTER_NODES) as its gateways have it. ' +
  'A gateway alone is drained by Ctrl-C or SIGTERM.';

/** Requests a drain of one gateway of the cluster; the gateway handles it like SIGTERM. */
export async function drain(context: CommandContext, name: string, options: DrainOptions): Promise<void> {
  const redis = await findRedis(context.env);
  if (redis === undefined) throw new UsageFailure(NO_CLUSTER);
  const { self, engines } = await openCluster(redis);
  const rpc = new NodeRpc({ bus: engines.bus, self });
  try {
    const running = await livingNodes(engines);
    const { node } = findNode(running, name);
    if (running.length === 1)
      context.terminal.say('Note: this is the last gateway. Its clients cannot connect to another gateway.');
    const began = performance.now();
    check(await rpc.request(node, { kind: 'drain' }), node);
    await printResult(context, engines.registry, { node, began }, options);
  } finally {
    rpc.stop();
    engines.close();
  }
}

/** JSON of `cluster drain`. `left`: whether the gateway has left the cluster, `ms` after the request. */
export function drainJson(node: NodeId, left: boolean, ms: number) {
  return { node, delivered: true, left, seconds: Math.round(ms / 100) / 10 };
}

interface Drain {
  readonly node: NodeId;
  /** When the drain was requested. Monotonic clock, ms. */
  readonly began: number;
}

async function printResult(
  { terminal }: CommandContext,
  registry: NodeRegistry,
  { node, began }: Drain,
  options: DrainOptions,
): Promise<void> {
  terminal.say(`${node} drains and then exits with 0. If its platform restarts it, it is a new node.`);
  const end = options.wait ? await untilLeft(registry, node, terminal.progressStream) : 'left';
  if (end === 'lost')
    throw new CommandFailure(`${node} ended before its drain was complete: its lease expired. See its log.`);
  const json = drainJson(node, options.wait, performance.now() - began);
  const { seconds } = json;
  const sentence = options.wait ? `${node} has left after ${seconds} s.` : 'The request was delivered.';
  await terminal.print(options.json === true ? `${JSON.stringify(json)}\n` : `${sentence}\n`);
}

async function livingNodes(engines: Engines): Promise<readonly LivingNode[]> {
  try {
    return await engines.registry.reports();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    throw new CommandFailure(`${redisSentence(engines.trouble())} Send SIGTERM to the gateway instead.`, 'unavailable');
  }
}

function check(result: RequestOutcome, node: NodeId): void {
  switch (result.outcome) {
    case 'answered':
      if (result.answer === 'ok') return;
      throw new CommandFailure(
        `Not delivered: the version of ${node} does not have this request. Send SIGTERM to the gateway.`,
        'unavailable',
      );
    case 'unreachable':
      throw new CommandFailure(
        `Not delivered: ${node} does not receive requests. Check with cluster status whether it is running.`,
        'unavailable',
      );
    case 'unavailable':
      throw new CommandFailure(
        `Not delivered: Redis did not accept the request. Try again, or send SIGTERM to ${node}.`,
        'unavailable',
      );
    case 'timeout':
      throw new CommandFailure(
        `${node} did not respond in time. It may have received the request: check with cluster status whether it drains.`,
        'unavailable',
      );
  }
}
