import { describe, expect, it } from '@jest/globals';
import { socketRoom } from './socket-room.js';

describe('A gateway has room for', () => {
  it('as many connections as are wanted, where descriptors are plenty', () => {
    expect(socketRoom(20_000, 65_536)).toEqual({ connections: 20_000, sockets: 65_036 });
  });

  it('fewer than are wanted, where descriptors are few: some are kept for handshakes, probes and back ends', () => {
    expect(socketRoom(20_000, 20_000)).toEqual({ connections: 19_000, sockets: 19_500 });
    expect(socketRoom(20_000, 4_096)).toEqual({ connections: 3_686, sockets: 3_891 });
    expect(socketRoom(20_000, 256)).toEqual({ connections: 128, sockets: 192 });
  });

  it('somebody at least', () => {
    expect(socketRoom(20_000, 100)).toEqual({ connections: 1, sockets: 36 });
  });

  it('all that come, where nobody knows the limit', () => {
    expect(socketRoom(20_000, undefined)).toEqual({ connections: 20_000, sockets: undefined });
  });
});
