import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeSocket } from '../../test/unit/fake-socket.js';
import { configOf } from '../../test/unit/gateway-node.js';
import { Connection, type ConnectionHost } from '../socket/connection.js';
import { RateLimits } from './rate-limits.js';

const host: ConnectionHost = {
  maxBufferedBytes: 2 ** 20,
  handle: () => undefined,
  registered: () => undefined,
  ended: () => undefined,
  gone: () => undefined,
  allowsControlFrame: () => true,
  backedUp: () => undefined,
  tooSlow: () => undefined,
};

let counted: string[];
let limits: RateLimits;

beforeEach(() => {
  jest.useFakeTimers();
  counted = [];
  limits = new RateLimits(configOf().settings, { count: (kind) => counted.push(kind) });
});
afterEach(() => {
  jest.useRealTimers();
});

function client() {
  const socket = new FakeSocket();
  return { socket, connection: new Connection(socket, host) };
}

/** How many of so many frames pass at once. */
function passing(connection: Connection, event: string, frames: number): number {
  return Array.from({ length: frames }, () => limits.take(connection, event)).filter((waitMs) => waitMs === 0).length;
}

describe('A connection', () => {
  it('has 300 signals at once and 50 a second', () => {
    const { connection } = client();
    expect(passing(connection, 'signal', 400)).toBe(300);
    jest.advanceTimersByTime(1000);
    expect(passing(connection, 'signal', 400)).toBe(50);
  });

  it('has 50 other frames at once and 10 a second, whatever they are', () => {
    const { connection } = client();
    expect(passing(connection, 'call', 30) + passing(connection, 'no such event', 30)).toBe(50);
    jest.advanceTimersByTime(1000);
    expect(passing(connection, '', 40)).toBe(10);
  });

  it('has its signals apart from other frames, and from other connections', () => {
    const [one, other] = [client(), client()];
    passing(one.connection, 'call', 100);
    expect(passing(one.connection, 'signal', 10)).toBe(10);
    expect(passing(other.connection, 'call', 10)).toBe(10);
  });

  it('has 50 pings and pongs at once and 10 a second, apart from its events', () => {
    const { connection } = client();
    const allowed = (frames: number) =>
      Array.from({ length: frames }, () => limits.allowsControlFrame(connection)).filter(Boolean).length;
    passing(connection, 'call', 100);
    expect(allowed(80)).toBe(50);
    jest.advanceTimersByTime(1000);
    expect(allowed(20)).toBe(10);
    expect(passing(connection, 'call', 20)).toBe(10);
  });

  it('that pings every second is never limited', () => {
    const { connection } = client();
    for (let i = 0; i < 1000; i += 1) {
      expect(limits.allowsControlFrame(connection)).toBe(true);
      jest.advanceTimersByTime(1000);
    }
  });

  it('is told how long to wait', () => {
    const { connection } = client();
    passing(connection, 'call', 50);
    expect(limits.take(connection, 'call')).toBe(100);
    jest.advanceTimersByTime(100);
    expect(limits.take(connection, 'call')).toBe(0);
  });
});

describe('A client beyond its limits', () => {
  const asked = { event: 'signal', ref: undefined };

  it('is closed with 4003 at the hundredth time within a minute', () => {
    const { socket, connection } = client();
    for (let i = 0; i < 99; i += 1) limits.refuse(connection, asked, 10);
    expect(socket.closeCodes).toEqual([]);
    limits.refuse(connection, asked, 10);
    expect(socket.closes).toEqual([{ code: 4003, reason: 'retry_after_ms=10' }]);
    expect(counted.filter((kind) => kind === 'flood')).toHaveLength(1);
    expect(counted.filter((kind) => kind === 'frame')).toHaveLength(100);
  });

  it('by pings is closed with 4003 at the hundredth time within a minute', () => {
    const { socket, connection } = client();
    for (let i = 0; i < 149; i += 1) limits.allowsControlFrame(connection);
    expect(socket.closeCodes).toEqual([]);
    limits.allowsControlFrame(connection);
    expect(socket.closeCodes).toEqual([4003]);
  });

  it('now and then may stay', () => {
    const { socket, connection } = client();
    for (let i = 0; i < 500; i += 1) {
      limits.refuse(connection, asked, 10);
      jest.advanceTimersByTime(610);
    }
    expect(socket.closeCodes).toEqual([]);
  });
});
