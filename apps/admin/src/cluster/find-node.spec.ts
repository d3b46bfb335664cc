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
])('%s means %s', (name, node) => {
  expect(findNode(LIVING, name).node).toBe(node);
});

test.each([
  ['nAB', 'Several nodes begin with nAB: nABCD, nABCE, nABC.'],
  ['nZ', 'Those that do: nABCD, nABCE, nABC, nX.'],
  ['', 'Those that do:'],
])('"%s" is no node, and the sentence says which there are', (name, sentence) => {
  expect(() => findNode(LIVING, name)).toThrow(sentence);
});

test('In an empty cluster there is nobody', () => {
  expect(() => findNode([], 'nX')).toThrow('None lives.');
});
