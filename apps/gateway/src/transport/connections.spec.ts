import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SessionId, type CallId, type PeerId } from '@white-rabbit/protocol';
import { Session, type CallLeg } from '@white-rabbit/signaling';
import { FakeSocket } from '../../test/unit/fake-socket.js';
import type { ConnectionConfig } from '../config/slices.js';
import { configOf } from '../../test/unit/gateway-node.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { CALL_GRACE_MS } from './age-limit.js';
import { Connection, type ConnectionEvents } from './connection.js';
import { Connections } from './connections.js';
import type { EndedBy } from '../telemetry/metrics/client-metrics.js';

const TIMES = { registerMs: 10_000, heartbeatIntervalMs: 30_000, heartbeatTimeoutMs: 60_000 };
/** The wheel turns twice per second, in steps of a quarter. */
const SLACK_MS = 1_000;

let connections: Connections;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  connections.stop();
  jest.useRealTimers();
});

function start(maxAgeMs?: number): void {
  const { connection } = configOf();
  const config: ConnectionConfig = Object.assign(connection, TIMES, { maxAgeMs });
  connections = new Connections(config, new Metrics());
  connections.start();
}

const host: ConnectionEvents = {
  frames: {
    arrivals: { perSecond: 60, burst: 350 },
    maxRefusals: 100,
    charge: () => 0,
    refuse: () => undefined,
    handle: () => undefined,
    allowsControlFrame: () => true,
  },
  maxBufferedBytes: 1024,
  registered: (connection) => {
    connections.settle(connection);
  },
  ended: (connection: Connection, _by: EndedBy) => {
    connections.remove(connection);
  },
  gone: (connection: Connection) => {
    connections.forget(connection);
  },
  backedUp: () => undefined,
  tooSlow: () => undefined,
};

function open(): { socket: FakeSocket; connection: Connection } {
  const socket = new FakeSocket();
  const connection = new Connection(socket, host);
  connections.add(connection);
  return { socket, connection };
}

function registered(): ReturnType<typeof open> {
  const opened = open();
  opened.connection.isRegistering = true;
  const id = SessionId.parse(`session-${connections.open}`);
  opened.connection.become(new Session(id, 'peer-alice' as PeerId, 'license', opened.connection));
  return opened;
}

describe('A socket that does not register', () => {
  it('is closed with 4001 at its deadline, and not before', () => {
    start();
    const { socket } = open();
    jest.advanceTimersByTime(TIMES.registerMs - SLACK_MS);
    expect(socket.closeCodes).toEqual([]);
    jest.advanceTimersByTime(2 * SLACK_MS);
    expect(socket.closeCodes).toEqual([4001]);
    expect([connections.snapshot(), connections.unregistered]).toEqual([[], 0]);
  });

  it('cannot extend its deadline with other frames', () => {
    start();
    const { socket } = open();
    for (let second = 0; second < 11; second += 1) {
      socket.says('heartbeat');
      jest.advanceTimersByTime(1000);
    }
    expect(socket.closeCodes).toEqual([4001]);
  });

  it('is not closed during its register, and does not delay the close of others', () => {
    start();
    const asking = open();
    asking.connection.isRegistering = true;
    const silent = open();
    jest.advanceTimersByTime(TIMES.registerMs + SLACK_MS);
    expect([asking.socket.closeCodes, silent.socket.closeCodes]).toEqual([[], [4001]]);
  });
});

describe('A connection that has ended', () => {
  it('counts as open until its socket is gone, because it has a descriptor', () => {
    start();
    const { socket, connection } = registered();
    connection.close(4000);
    expect([connections.open, connections.snapshot()]).toEqual([1, []]);
    socket.vanishes();
    expect(connections.open).toBe(0);
  });

  it('has its bytes counted until its socket is gone', () => {
    start();
    const { socket, connection } = registered();
    socket.waitingBytes = 1000;
    connection.close(4002);
    expect(connections.outgoingBytes).toBe(1000);
    socket.vanishes();
    expect(connections.outgoingBytes).toBe(0);
  });

  it('has its socket cut within 5 s if the client does not close it, and not before 4 s', () => {
    start();
    const { connection } = registered();
    connection.close(4000);
    jest.advanceTimersByTime(4_000);
    expect(connections.open).toBe(1);
    jest.advanceTimersByTime(1_000);
    expect(connections.open).toBe(0);
  });
});

describe('A silent session', () => {
  it('is probed once after 30 s and closed with 4000 after 60 s', () => {
    start();
    const { socket } = registered();
    jest.advanceTimersByTime(TIMES.heartbeatIntervalMs - SLACK_MS);
    expect(socket.received).toEqual([]);
    jest.advanceTimersByTime(2 * SLACK_MS);
    expect(socket.received).toEqual([{ event: 'heartbeat', data: { ack: false } }]);
    jest.advanceTimersByTime(TIMES.heartbeatTimeoutMs - TIMES.heartbeatIntervalMs - 2 * SLACK_MS);
    expect(socket.closeCodes).toEqual([]);
    jest.advanceTimersByTime(2 * SLACK_MS);
    expect(socket.closeCodes).toEqual([4000]);
    expect(socket.received).toHaveLength(1);
  });

  it.each(['ping', 'pong'])('extends its time with any frame, including a %s', (frame) => {
    start();
    const { socket } = registered();
    jest.advanceTimersByTime(TIMES.heartbeatTimeoutMs - 5 * SLACK_MS);
    socket.emit(frame, Buffer.alloc(0));
    jest.advanceTimersByTime(TIMES.heartbeatIntervalMs);
    expect(socket.closeCodes).toEqual([]);
  });
});

describe('A maximum age of an hour', () => {
  const HOUR_MS = 3_600_000;

  /** Advances the time, with a client that sends a heartbeat now and then. */
  function wait(ms: number, ...sockets: readonly FakeSocket[]): void {
    for (let passed = 0; passed < ms; passed += TIMES.heartbeatIntervalMs) {
      for (const socket of sockets) socket.emit('ping', Buffer.alloc(0));
      jest.advanceTimersByTime(Math.min(TIMES.heartbeatIntervalMs, ms - passed));
    }
  }

  it('closes each connection with 1012 after an hour ± 10 %, and not before', () => {
    start(HOUR_MS);
    const sockets = Array.from({ length: 50 }, () => registered().socket);
    wait(0.9 * HOUR_MS - SLACK_MS, ...sockets);
    expect(sockets.flatMap(({ closeCodes }) => closeCodes)).toEqual([]);
    wait(0.1 * HOUR_MS, ...sockets);
    const halfway = sockets.flatMap(({ closeCodes }) => closeCodes).length;
    expect(halfway).toBeGreaterThan(0);
    expect(halfway).toBeLessThan(50);
    wait(0.1 * HOUR_MS + 2 * SLACK_MS, ...sockets);
    expect(sockets.map(({ closeCodes }) => closeCodes)).toEqual(sockets.map(() => [1012]));
    expect(connections.snapshot()).toEqual([]);
  });

  it('does not close a connection with a call in set-up until the call is gone', () => {
    // The shortest possible lifetime.
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    start(HOUR_MS);
    const { socket, connection } = registered();
    random.mockRestore();
    const { session } = connection;
    if (session === undefined) throw new Error('It has not registered.');
    session.calls = new Map([['call-0001' as CallId, {} as CallLeg]]);
    wait(0.9 * HOUR_MS + CALL_GRACE_MS - SLACK_MS, socket);
    expect(socket.closeCodes).toEqual([]);
    session.calls = undefined;
    wait(SLACK_MS, socket);
    expect(socket.closeCodes).toEqual([1012]);
  });
});

it('A session continues after the register deadline', () => {
  start();
  const { socket } = registered();
  jest.advanceTimersByTime(TIMES.registerMs + SLACK_MS);
  expect(socket.closeCodes).toEqual([]);
});

it('No connection is closed for its age if no maximum age is set', () => {
  start();
  const { socket } = registered();
  for (let hour = 0; hour < 100; hour += 1) {
    socket.emit('ping', Buffer.alloc(0));
    jest.advanceTimersByTime(TIMES.heartbeatIntervalMs);
  }
  expect(socket.closeCodes).toEqual([]);
});

it('Closing all connections leaves none open', () => {
  start();
  const clients = [open(), registered(), open()];
  connections.closeAll(1012, 'this gateway restarts');
  expect(clients.flatMap(({ socket }) => socket.closeCodes)).toEqual([1012, 1012, 1012]);
  expect([connections.snapshot(), connections.unregistered]).toEqual([[], 0]);
});
