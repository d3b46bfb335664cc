import { describe, expect, it } from '@jest/globals';
import type { FileEnd } from '@white-rabbit/client/files';
import { sentenceOfReceived, sentenceOfSent, sizeOf } from './file-sentences.js';

const ENDS: readonly FileEnd[] = [
  'done',
  'declined',
  'cancelled',
  'interrupted',
  'broken',
  'too_large',
  'unreadable',
  'unwritable',
];
const TO = { folder: '/tmp/in', path: '/tmp/in/a (2).txt' };

describe('The sentences about files', () => {
  it.each(ENDS)('name the file at both sides if it ended as %s', (end) => {
    expect(sentenceOfSent(end, 'a.txt', 'bob')).toContain('a.txt');
    expect(sentenceOfReceived(end, 'a.txt', 'alice', TO)).toContain('a');
  });

  it('say at each side which user declined', () => {
    expect(sentenceOfSent('declined', 'a.txt', 'bob')).toBe('bob declined a.txt.');
    expect(sentenceOfReceived('declined', 'a.txt', 'alice')).toBe('You declined a.txt.');
  });

  it('say where the file is, and that an interrupted one goes on', () => {
    expect(sentenceOfReceived('done', 'a.txt', 'alice', TO)).toContain('stored as /tmp/in/a (2).txt.');
    expect(sentenceOfReceived('interrupted', 'a.txt', 'alice', TO)).toContain('goes on from there');
    expect(sentenceOfReceived('cancelled', 'a.txt', 'alice')).toBe('alice offers a.txt no longer.');
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 KB'],
    [1_234_567, '1.2 MB'],
    [640_000_000, '640 MB'],
    [4_294_967_296, '4.3 GB'],
  ])('show the size of %i bytes', (bytes, size) => {
    expect(sizeOf(bytes)).toBe(size);
  });
});
