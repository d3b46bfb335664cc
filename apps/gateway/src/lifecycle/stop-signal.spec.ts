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
  it('asks to stop', async () => {
    await settled();
    expect(isRequested).toBe(false);
    process.emit(signal);
    await settled();
    expect([isRequested, exits]).toEqual([true, []]);
  });

  it('that comes again within half a second is its own echo', () => {
    process.emit(signal);
    jest.advanceTimersByTime(499);
    process.emit(signal);
    expect(exits).toEqual([]);
  });

  it('that comes again later ends the process at once', () => {
    process.emit(signal);
    jest.advanceTimersByTime(501);
    process.emit('SIGTERM');
    expect(exits).toEqual([1]);
  });
});

describe('A request to stop', () => {
  it('asks to stop, however often it comes', async () => {
    stop.request();
    stop.request();
    await settled();
    expect([isRequested, exits]).toEqual([true, []]);
  });

  it('is not the first of two signals', () => {
    stop.request();
    jest.advanceTimersByTime(501);
    process.emit('SIGTERM');
    expect(exits).toEqual([]);
    jest.advanceTimersByTime(501);
    process.emit('SIGTERM');
    expect(exits).toEqual([1]);
  });
});

it('Nobody listens once it is disposed of', () => {
  const before = process.listenerCount('SIGTERM');
  stop.dispose();
  expect(process.listenerCount('SIGTERM')).toBe(before - 1);
});
