import { describe, expect, it } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { SENDERS, SenderTable } from './sender-table.js';

const node = (name: string | number) => `node-${name}` as NodeId;

describe('The table of senders', () => {
  it('takes what grows, each sender for itself, and nothing twice', () => {
    const table = new SenderTable();
    const heard = [1, 2, 2, 1, 5, 4, 6].map((sequence) => table.isNew(node('a'), sequence));
    expect(heard).toEqual([true, true, false, false, true, false, true]);
    expect(table.isNew(node('b'), 1)).toBe(true);
  });

  it('forgets the one heard first once it is full', () => {
    const table = new SenderTable();
    for (let sender = 0; sender <= SENDERS; sender += 1) table.isNew(node(sender), 1);
    expect(table.isNew(node(SENDERS), 1)).toBe(false);
    expect(table.isNew(node(2), 1)).toBe(false);
    expect(table.isNew(node(0), 1)).toBe(true);
  });
});
