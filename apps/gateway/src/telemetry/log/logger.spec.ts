import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { errorFields, nestLogger } from './logger.js';

describe('The log fields of an error', () => {
  it('are its name and code, never its message', () => {
    const error = Object.assign(new TypeError('peer-secret'), { code: 'ECONNRESET', peer: 'peer-secret' });
    expect(errorFields(error)).toEqual({ error: 'TypeError', code: 'ECONNRESET' });
  });

  it('are its name only if it has no code', () => {
    expect(errorFields(Object.assign(new Error('secret'), { code: 42 }))).toEqual({ error: 'Error' });
  });

  it.each([['secret'], [{ message: 'secret' }], [undefined], [null]])('are the type of other values: %j', (thrown) => {
    expect(errorFields(thrown)).toEqual({ error: typeof thrown });
  });
});

it('The log contains only warnings and errors of Nest', () => {
  const lines: string[] = [];
  const logger = nestLogger(pino({ base: null }, { write: (line) => lines.push(line) }));
  logger.log('Mapped {/livez, GET} route');
  expect(lines).toEqual([]);
  logger.warn('careful');
  logger.error('broken');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { event: 'nest_warning', level: 40, msg: 'careful' },
    { event: 'nest_error', level: 50, msg: 'broken' },
  ]);
});
