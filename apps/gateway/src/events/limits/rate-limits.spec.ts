import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeSocket } from '../../../test/unit/fake-socket.js';
import { configOf } from '../../../test/unit/gateway-node.js';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { Session } from '@white-rabbit/signaling';
import { Metrics } from '../../telemetry/metrics/metrics.js';
import { Connection, type ConnectionEvents } from '../../transport/connection.js';
import { RateLimits } from './rate-limits.js';

const host: ConnectionEvents = {
  frames: {
    arrivals: { perSecond: 60, burst: 350 },
    maxRefusals: 100,
    charge: () => 0,
    refuse: () => undefined,
    handle: () => undefined,
    allowsControlFrame: () => true,
  },
  maxBufferedBytes: 2 ** 20,
  registered: () => undefined,
  ended: () => undefined,
  gone: () => undefined,
  backedUp: () => undefined,
  tooSlow: () => undefined,
};

let counted: string[];
let limits: RateLimits;

function limitsOf(env: Readonly<Record<string, string>> = {}): RateLimits {
  const metrics = new Metrics();
  metrics.limited.count = (kind) => counted.push(kind);
  return new RateLimits(configOf(env).limits, metrics);
}

beforeEach(() => {
  jest.useFakeTimers();
  counted = [];
  limits = limitsOf();
});
afterEach(() => {
  jest.useRealTimers();
});

function client() {
  const socket = new FakeSocket();
  return { socket, connection: new Connection(socket, host) };
}

/** The number of frames that pass at once, of that many. */
function passing(connection: Connection, event: string, frames: number): number {
  return Array.from({ length: frames }, () => limits.take(connection, event, performance.now())).filter(
    (waitMs) => waitMs === 0,
  ).length;
}

describe('A connection', () => {
  it('may send 300 signals at once and 50 per second', () => {
    const { connection } = client();
    expect(passing(connection, 'signal', 400)).toBe(300);
    jest.advanceTimersByTime(1000);
    expect(passing(connection, 'signal', 400)).toBe(50);
  });

  it('may send 50 other frames at once and 10 per second, of any kind', () => {
    const { connection } = client();
    expect(passing(connection, 'call', 30) + passing(connection, 'no such event', 30)).toBe(50);
    jest.advanceTimersByTime(1000);
    expect(passing(connection, '', 40)).toBe(10);
  });

  it('has a signal limit that other frames and other connections do not share', () => {
    const [one, other] = [client(), client()];
    passing(one.connection, 'call', 100);
    expect(passing(one.connection, 'signal', 10)).toBe(10);
    expect(passing(other.connection, 'call', 10)).toBe(10);
  });

  it('may send 50 pings and pongs at once and 10 per second, separately from its events', () => {
    const { connection } = client();
    const allowed = (frames: number) =>
      Array.from({ length: frames }, () => limits.allowsControlFrame(connection)).filter(Boolean).length;
    passing(connection, 'call', 100);
    expect(allowed(80)).toBe(50);
    jest.advanceTimersByTime(1000);
    expect(allowed(20)).toBe(10);
    expect(passing(connection, 'call', 20)).toBe(10);
  });

  it('is never limited if it pings every second', () => {
    const { connection } = client();
    for (let i = 0; i < 1000; i += 1) {
      expect(limits.allowsControlFrame(connection)).toBe(true);
      jest.advanceTimersByTime(1000);
    }
  });

  it('receives the time to wait when it is limited', () => {
    const { connection } = client();
    passing(connection, 'call', 50);
    expect(limits.take(connection, 'call', performance.now())).toBe(100);
    jest.advanceTimersByTime(100);
    expect(limits.take(connection, 'call', performance.now())).toBe(0);
  });
});

describe('The byte limit of a connection', () => {
  const KIB = 1024;
  /** Whether frames of these sizes all pass at this moment. */
  const pass = (connection: Connection, ...sizes: number[]) => {
    return sizes.map((bytes) => limits.takeBytes(connection, bytes, performance.now()) === 0);
  };

  /** The same connection after its register. */
  function session() {
    const { socket, connection } = client();
    connection.become(new Session('session-1' as SessionId, 'peer-alice' as PeerId, '1', connection));
    return { socket, connection };
  }

  it('is 128 KiB before its register, and as many again in 10 s', () => {
    const { connection } = client();
    expect(pass(connection, 64 * KIB, 64 * KIB, 1)).toEqual([true, true, false]);
    expect(limits.takeBytes(connection, 64 * KIB, performance.now())).toBe(5_000);
    jest.advanceTimersByTime(5_000);
    expect(pass(connection, 64 * KIB, 1)).toEqual([true, false]);
  });

  it('does not exist for a session: all frames that the other limits allow may have the full size', () => {
    const { connection } = session();
    expect(pass(connection, ...Array.from({ length: 350 }, () => 64 * KIB))).not.toContain(false);
    expect(limits.isBursting(connection)).toBe(true);
  });

  it('marks a connection as bursting at 16 KiB or 16 frames of a kind beyond its steady rate', () => {
    for (const [most, more] of [
      [(one: Connection) => pass(one, 16 * KIB), (one: Connection) => pass(one, 100)],
      [(one: Connection) => passing(one, 'signal', 16), (one: Connection) => passing(one, 'signal', 1)],
      [(one: Connection) => passing(one, 'call', 16), (one: Connection) => passing(one, 'hangup', 1)],
    ] as const) {
      const { connection } = session();
      connection.lastHeardMs = performance.now();
      most(connection);
      expect(limits.isBursting(connection)).toBe(false);
      more(connection);
      expect(limits.isBursting(connection)).toBe(true);
      connection.lastHeardMs += 100;
      expect(limits.isBursting(connection)).toBe(false);
    }
  });
});

describe('The limit of contacts that a session adds', () => {
  const take = (connection: Connection, contacts: number) => {
    return limits.takeContacts(connection, contacts, performance.now());
  };

  it('is two complete lists at once, and 50 contacts per second', () => {
    const { connection } = client();
    expect([take(connection, 1_000), take(connection, 1_000), take(connection, 0)]).toEqual([0, 0, 0]);
    expect(take(connection, 100)).toBe(2_000);
    jest.advanceTimersByTime(2_000);
    expect([take(connection, 100), take(connection, 1)]).toEqual([0, 20]);
  });

  it('is two lists of the size that the operator allows', () => {
    limits = limitsOf({ WR_MAX_CONTACTS: '10' });
    const { connection } = client();
    expect([take(connection, 20), take(connection, 1)]).toEqual([0, 20]);
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

  it('is closed with 4003 at the hundredth ping beyond the limit within a minute', () => {
    const { socket, connection } = client();
    for (let i = 0; i < 149; i += 1) limits.allowsControlFrame(connection);
    expect(socket.closeCodes).toEqual([]);
    limits.allowsControlFrame(connection);
    expect(socket.closeCodes).toEqual([4003]);
  });

  it('is closed with 4003 at once if the frame is its register', () => {
    const { socket, connection } = client();
    limits.refuse(connection, { event: 'register', ref: undefined }, 10);
    expect(socket.closes).toEqual([{ code: 4003, reason: 'retry_after_ms=10' }]);
  });

  it('stays connected if it exceeds the limits rarely', () => {
    const { socket, connection } = client();
    for (let i = 0; i < 500; i += 1) {
      limits.refuse(connection, asked, 10);
      jest.advanceTimersByTime(610);
    }
    expect(socket.closeCodes).toEqual([]);
  });
});
