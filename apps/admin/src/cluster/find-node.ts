import type { LivingNode } from '@white-rabbit/cluster';
import { CommandFailure } from '../command-failure.js';

/** The running node with this name, or the only one whose name begins with it. @throws CommandFailure otherwise. */
export function findNode(running: readonly LivingNode[], name: string): LivingNode {
  const exact = running.find(({ node }) => node === name);
  const alike = name === '' ? [] : running.filter(({ node }) => node.startsWith(name));
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (found !== undefined) return found;
  if (alike.length > 1) throw new CommandFailure(`Several nodes begin with ${name}: ${namesOf(alike)}.`, 'notFound');
  const others = running.length === 0 ? 'No node is running.' : `Running nodes: ${namesOf(running)}.`;
  throw new CommandFailure(`No running node has the name ${name} or a name that begins with it. ${others}`, 'notFound');
}

function namesOf(nodes: readonly LivingNode[]): string {
  return nodes.map(({ node }) => node).join(', ');
}
