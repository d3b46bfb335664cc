import { expect, test } from '@jest/globals';
import type { LivingNode } from '@white-rabbit/cluster';
import type { NodeId } from '@white-rabbit/signaling';
import { findNode } from './find-node.js';

const LIVING = ['nABCD', 'nABCE', 'nABC', 'nX'].map((name): LivingNode => {
  return { node: name as NodeId, leaseAgeMs: 0, report: undefined };
});

test.each([
  ['nX', 'nX'],
  ['nABCD', 'nABCD'],
  ['nABC', 'nABC'],
])('findNode finds by %s the node %s', (name, node) => {
  expect(findNode(LIVING, name).node).toBe(node);
});

test.each([
  ['nAB', 'Several nodes begin with nAB: nABCD, nABCE, nABC.'],
  ['nZ', 'Running nodes: nABCD, nABCE, nABC, nX.'],
  ['', 'Running nodes:'],
])('findNode rejects "%s" and lists the running nodes', (name, sentence) => {
  expect(() => findNode(LIVING, name)).toThrow(sentence);
});

test('findNode reports that no node is running in an empty cluster', () => {
  expect(() => findNode([], 'nX')).toThrow('No node is running.');
});
