import { describe, expect, it } from '@jest/globals';
import { LINES_KEPT, Thread } from './thread.js';

describe('A thread', () => {
  it('counts what the other one said until somebody looks', () => {
    const thread = new Thread('peer-of-bob');
    thread.hear('one');
    thread.say('two');
    thread.tell('three', 'quiet');
    thread.hear('four');
    expect(thread.unread).toBe(2);
    thread.read();
    expect(thread.unread).toBe(0);
    expect(thread.lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['theirs', 'one'],
      ['mine', 'two'],
      ['notice', 'three'],
      ['theirs', 'four'],
    ]);
  });

  it('keeps the newest lines', () => {
    const thread = new Thread('peer-of-bob');
    for (let count = 0; count < LINES_KEPT + 20; count += 1) thread.hear('x'.repeat(16_000));
    expect(thread.lines).toHaveLength(LINES_KEPT);
    expect(thread.lines.at(-1)).toMatchObject({ number: LINES_KEPT + 20, text: 'x'.repeat(16_000) });
  });

  it('cuts what is too long, and says so', () => {
    const thread = new Thread('peer-of-bob');
    thread.hear('x'.repeat(16_001));
    expect(thread.lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['theirs', 'x'.repeat(16_000)],
      ['notice', 'That was too long: the rest of it is not shown.'],
    ]);
  });
});
