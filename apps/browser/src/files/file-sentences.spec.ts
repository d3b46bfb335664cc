import { describe, expect, it } from '@jest/globals';
import type { FileEnd } from '@white-rabbit/client/files';
import { noticeOfFileEnd, noticeOfNoOffer, noticeOfOffer, wordOfFile, type DescribedFile } from './file-sentences.js';
import type { SharedFileState } from './shared-file.js';

function file(isMine: boolean, state: SharedFileState = 'done'): DescribedFile {
  return { name: '{name}.txt', size: 3 * 1024 * 1024, done: 1024, isMine, state };
}

describe('The sentences about a file', () => {
  it.each<[FileEnd, boolean, string, string]>([
    ['done', true, 'bob has received {name}.txt.', 'good'],
    ['done', false, '{name}.txt has arrived. Save it, or it is deleted when you leave the page.', 'good'],
    ['declined', true, 'bob declined {name}.txt.', 'quiet'],
    ['cancelled', false, 'The transfer of {name}.txt was cancelled.', 'quiet'],
    ['unwritable', true, '{name}.txt could not be stored by bob.', 'bad'],
  ])('say that it is %s (mine: %s)', (end, isMine, text, tone) => {
    expect(noticeOfFileEnd(file(isMine), end, 'bob')).toEqual({ text, tone });
  });

  it('name it and its size when it is offered, and when it cannot be', () => {
    expect(noticeOfOffer(file(false), 'bob').text).toBe('bob offers you {name}.txt (3 MiB).');
    expect(noticeOfNoOffer('a.txt', 'bob').text).toMatch(/^a\.txt was not offered: you must be connected to bob/);
  });

  it.each<[SharedFileState, boolean, string]>([
    ['preparing', true, '3 MiB, reading …'],
    ['offered', true, '3 MiB, offered …'],
    ['offered', false, '3 MiB'],
    ['transferring', false, '1 KiB of 3 MiB'],
    ['interrupted', true, '1 KiB of 3 MiB, interrupted'],
    ['done', false, '3 MiB, complete'],
    ['too_large', true, 'too large'],
    ['unreadable', false, 'failed'],
  ])('are short while it is %s (mine: %s)', (state, isMine, word) => {
    expect(wordOfFile(file(isMine, state))).toBe(word);
  });
});
