import { describe, expect, it } from '@jest/globals';
import type { Conversation } from './conversation.js';
import { MAX_ENTRIES, Thread } from './thread.js';

/** A thread keeps a conversation and asks it nothing. */
const A_CONVERSATION = {} as Conversation;

describe('Thread', () => {
  it('counts received texts as unread until it is marked as read', () => {
    const thread = new Thread('peer-of-bob');
    thread.addReceived('one');
    thread.addSent('two');
    thread.addNotice('three', 'quiet');
    thread.addReceived('four');
    expect(thread.unread).toBe(2);
    thread.markRead();
    expect(thread.unread).toBe(0);
    expect(thread.entries.map(({ kind, text }) => [kind, text])).toEqual([
      ['theirs', 'one'],
      ['mine', 'two'],
      ['notice', 'three'],
      ['theirs', 'four'],
    ]);
  });

  it('marks its texts as delivered in order, and the others as unconfirmed when the conversation ends', () => {
    const thread = new Thread('peer-of-bob');
    const marks = () => thread.entries.map((entry) => (entry.kind === 'mine' ? entry.mark : entry.kind));
    thread.addSent('one');
    thread.addReceived('an answer');
    thread.addSent('two');
    thread.markDelivered(1);
    expect(marks()).toEqual(['delivered', 'theirs', 'sent']);
    thread.endConversation();
    expect(marks()).toEqual(['delivered', 'theirs', 'unconfirmed']);
    thread.addSent('three');
    thread.markDelivered(1);
    expect(marks()).toEqual(['delivered', 'theirs', 'unconfirmed', 'delivered']);
  });

  it('does not mark the texts of a conversation as delivered by the next, which begins before the first has ended', () => {
    const thread = new Thread('peer-of-bob');
    thread.conversation = A_CONVERSATION;
    thread.addSent('one');
    thread.addSent('two');
    thread.markDelivered(1);
    thread.conversation = A_CONVERSATION;
    thread.addSent('three');
    thread.markDelivered(1);
    expect(thread.entries.map((entry) => entry.kind === 'mine' && entry.mark)).toEqual([
      'delivered',
      'unconfirmed',
      'delivered',
    ]);
  });

  it('keeps the newest 500 entries', () => {
    const thread = new Thread('peer-of-bob');
    for (let count = 0; count < MAX_ENTRIES + 20; count += 1) thread.addReceived('x'.repeat(16_000));
    expect(thread.entries).toHaveLength(MAX_ENTRIES);
    expect(thread.entries.at(-1)).toMatchObject({ number: MAX_ENTRIES + 20, text: 'x'.repeat(16_000) });
  });

  it('cuts a received text after 16,000 characters and adds a notice', () => {
    const thread = new Thread('peer-of-bob');
    thread.addReceived('x'.repeat(16_001));
    expect(thread.entries.map(({ kind, text }) => [kind, text])).toEqual([
      ['theirs', 'x'.repeat(16_000)],
      ['notice', 'That text was too long: the rest of it is not shown.'],
    ]);
  });
});
