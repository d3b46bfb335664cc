import { describe, expect, it } from '@jest/globals';
import { cpuList, splitCpus } from './affinity.js';

describe('cpuList', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['0-1,4,6-7', [0, 1, 4, 6, 7]],
  ])('reads %s as the kernel writes it', (text, cpus) => {
    expect(cpuList(text)).toEqual(cpus);
  });
});

describe('splitCpus', () => {
  it('gives the last CPU to the load generator and the others, up to three, to the servers', () => {
    expect(splitCpus([0, 1])).toEqual({ servers: [0], generator: [1] });
    expect(splitCpus([2, 3, 4, 5, 6, 7])).toEqual({ servers: [2, 3, 4], generator: [7] });
  });

  it('splits nothing if there is one CPU', () => {
    expect(splitCpus([0])).toBeUndefined();
  });
});
