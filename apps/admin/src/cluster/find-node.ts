import type { LivingNode } from '@white-rabbit/cluster';
import { CommandFailure } from '../command-failure.js';

/** The living node of that name, or of a name that begins so where only one does. @throws CommandFailure otherwise. */
export function findNode(living: readonly LivingNode[], name: string): LivingNode {
  const exact = living.find(({ node }) => node === name);
  const alike = name === '' ? [] : living.filter(({ node }) => node.startsWith(name));
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (found !== undefined) return found;
  if (alike.length > 1) throw new CommandFailure(`Several nodes begin with ${name}: ${namesOf(alike)}.`);
  const others = living.length === 0 ? 'None lives.' : `Those that do: ${namesOf(living)}.`;
  throw new CommandFailure(`No node lives whose name is ${name} or begins with it. ${others}`);
}

function namesOf(nodes: readonly LivingNode[]): string {
  return nodes.map(({ node }) => node).join(', ');
}
