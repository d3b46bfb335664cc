import { describe, expect, it } from '@jest/globals';
import { socketRoom } from './socket-room.js';

describe('The capacity of a gateway', () => {
  it('is the configured number of connections if there are enough descriptors', () => {
    expect(socketRoom(20_000, 65_536)).toEqual({ connections: 20_000, sockets: 65_036 });
  });

  it('is reduced if there are few descriptors: some are reserved for handshakes, probes and back ends', () => {
    expect(socketRoom(20_000, 20_000)).toEqual({ connections: 19_000, sockets: 19_500 });
    expect(socketRoom(20_000, 4_096)).toEqual({ connections: 3_686, sockets: 3_891 });
    expect(socketRoom(20_000, 256)).toEqual({ connections: 128, sockets: 192 });
  });

  it('is at least one connection', () => {
    expect(socketRoom(20_000, 100)).toEqual({ connections: 1, sockets: 36 });
  });

  it('is not reduced if the limit of descriptors is unknown', () => {
    expect(socketRoom(20_000, undefined)).toEqual({ connections: 20_000, sockets: undefined });
  });
});
