import { describe, expect, it } from '@jest/globals';
import { Trouble, troubleCode } from './trouble.js';

function failure(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

describe('Trouble with Redis', () => {
  it.each([
    ['a refusal', failure('ReplyError', 'WRONGPASS invalid username-password pair'), 'WRONGPASS'],
    ['a full server', failure('ReplyError', "OOM command not allowed when used memory > 'maxmemory'."), 'OOM'],
    ['an address', failure('Error', 'connect ECONNREFUSED 10.0.0.1:6379', { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['a command without an answer', failure('Error', 'Command timed out'), 'ETIMEDOUT'],
    [
      'a silent server',
      failure('Error', "Socket timeout. Expecting data, but didn't receive any in 1500ms."),
      'ETIMEDOUT',
    ],
    [
      'a cluster of which no server answers',
      failure('ClusterAllFailedError', 'None', {
        lastNodeError: failure('ReplyError', 'NOAUTH Authentication required.'),
      }),
      'NOAUTH',
    ],
    ['an error with texts only', failure('Error', 'secret-peer'), undefined],
    ['a code that is a text', failure('Error', 'x', { code: 'secret peer' }), undefined],
    ['no error', 'secret-peer', undefined],
  ])('is reported as a code: %s', (_what, error, code) => {
    expect(troubleCode(error)).toBe(code);
  });

  it('is forgotten after some seconds, and outlives an error that explains nothing', () => {
    let nowMs = 0;
    const trouble = new Trouble(() => nowMs);
    expect(trouble.code).toBeUndefined();
    trouble.note(failure('ReplyError', 'OOM command not allowed'));
    nowMs = 9_000;
    trouble.note(failure('Error', 'Connection is closed.'));
    expect(trouble.code).toBe('OOM');
    nowMs = 10_000;
    expect(trouble.code).toBeUndefined();
  });
});
