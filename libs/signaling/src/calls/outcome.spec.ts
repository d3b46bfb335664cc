import { describe, expect, it } from '@jest/globals';
import { isAnswer } from './outcome.js';

describe('answers of other nodes', () => {
  it.each(['ok', 'glare', 'call_not_found', 'undeliverable'])('may be %s', (text) => {
    expect(isAnswer(text)).toBe(true);
  });

  it.each(['', 'OK', 'constructor', '__proto__', 'toString', 'call_not_found '])('are never %j', (text) => {
    expect(isAnswer(text)).toBe(false);
  });
});
