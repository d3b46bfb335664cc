import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { settled } from '../../test/unit/settled.js';
import { StopSignal } from './stop-signal.js';

let stop: StopSignal;
let exits: (number | string | null | undefined)[];
let isRequested: boolean;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  exits = [];
  isRequested = false;
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code);
    return undefined as never;
  });
  stop = new StopSignal(pino({ level: 'silent' }));
  void stop.requested.then(() => {
    isRequested = true;
  });
});
afterEach(() => {
  stop.dispose();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('requests a stop', async () => {
    await settled();
    expect(isRequested).toBe(false);
    process.emit(signal);
    await settled();
    expect([isRequested, exits]).toEqual([true, []]);
  });

  it('counts once if it is repeated within half a second', () => {
    process.emit(signal);
    jest.advanceTimersByTime(499);
    process.emit(signal);
    expect(exits).toEqual([]);
  });

  it('ends the process at once if it is repeated later', () => {
    process.emit(signal);
    jest.advanceTimersByTime(501);
    process.emit('SIGTERM');
    expect(exits).toEqual([1]);
  });
});

describe('A stop request', () => {
  it('requests one stop, however often it is repeated', async () => {
    stop.request();
    stop.request();
    await settled();
    expect([isRequested, exits]).toEqual([true, []]);
  });

  it('does not count as the first of two signals', () => {
    stop.request();
    jest.advanceTimersByTime(501);
    process.emit('SIGTERM');
    expect(exits).toEqual([]);
    jest.advanceTimersByTime(501);
    process.emit('SIGTERM');
    expect(exits).toEqual([1]);
  });
});

it('A disposed stop signal has no listeners', () => {
  const before = process.listenerCount('SIGTERM');
  stop.dispose();
  expect(process.listenerCount('SIGTERM')).toBe(before - 1);
});
