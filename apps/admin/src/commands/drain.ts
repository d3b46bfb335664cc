import {
  askToDrain,
  NodeRpc,
  type DrainAnswer,
  type Engines,
  type LivingNode,
  type NodeRegistry,
} from '@white-rabbit/cluster';
import { Unavailable, type NodeId } from '@white-rabbit/signaling';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';
import { findNode } from '../cluster/find-node.js';
import { findRedis } from '../cluster/find-redis.js';
import { openCluster, redisSentence } from '../cluster/open-cluster.js';
import { untilLeft } from '../cluster/until-left.js';

/** Options of `drain`. */
export interface DrainOptions extends CommonOptions {
  /** Whether to stay until the gateway is gone. */
  readonly wait: boolean;
}

const NO_CLUSTER =
  'There is no cluster: set REDIS_URL (or REDIS_SENTINELS, REDIS_CLUSTER_NODES) as its gateways have it. ' +
  'A gateway alone is drained by Ctrl-C or SIGTERM.';

/** Lets one gateway of the cluster do what it does when it gets SIGTERM: send its clients away in good order, and end. */
export async function drain(context: CommandContext, name: string, options: DrainOptions): Promise<void> {
  const redis = await findRedis(context.env);
  if (redis === undefined) throw new CommandFailure(NO_CLUSTER);
  const { self, engines } = await openCluster(redis);
  const rpc = new NodeRpc({ bus: engines.bus, self });
  try {
    const living = await livingNodes(engines);
    const { node } = findNode(living, name);
    if (living.length === 1) context.terminal.say('Note: this is the last gateway, its clients have nowhere to go.');
    const began = performance.now();
    check(await askToDrain(rpc, node), node);
    await tell(context, engines.registry, { node, began }, options);
  } finally {
    rpc.stop();
    engines.close();
  }
}

interface Drain {
  readonly node: NodeId;
  /** Monotonic ms. */
  readonly began: number;
}

async function tell(
  { terminal }: CommandContext,
  registry: NodeRegistry,
  { node, began }: Drain,
  options: DrainOptions,
): Promise<void> {
  terminal.say(`${node} drains, and then ends with 0. Where its platform starts it again, it is a new node.`);
  const end = options.wait ? await untilLeft(registry, node, terminal.progressStream) : 'left';
  if (end === 'lost')
    throw new CommandFailure(`${node} ended before it was done: its lease ran out. Its log may tell why.`);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const json = { node, delivered: true, left: options.wait, seconds };
  const sentence = options.wait ? `${node} has left after ${seconds} s.` : 'The request was delivered.';
  await terminal.print(options.json === true ? `${JSON.stringify(json)}\n` : `${sentence}\n`);
}

async function livingNodes(engines: Engines): Promise<readonly LivingNode[]> {
  try {
    return await engines.registry.reports();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    throw new CommandFailure(`${redisSentence(engines.trouble())} Without it, send the gateway SIGTERM instead.`);
  }
}

function check(answer: DrainAnswer, node: NodeId): void {
  switch (answer) {
    case 'accepted':
      return;
    case 'refused':
      throw new CommandFailure(`Not delivered: ${node} is of a version without this command. Send it SIGTERM.`);
    case 'unreachable':
      throw new CommandFailure(`Not delivered: ${node} does not listen. See in status whether it still lives.`);
    case 'unavailable':
      throw new CommandFailure(`Not delivered: Redis did not take the request. Ask again, or send ${node} SIGTERM.`);
    case 'silent':
      throw new CommandFailure(`${node} did not answer in time, but may have heard: see in status whether it drains.`);
  }
}
