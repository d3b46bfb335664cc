import { describe, expect, it } from '@jest/globals';
import { socketLimits } from './socket-limits.js';

describe('The capacity of a gateway', () => {
  it('is the configured number of connections if there are enough descriptors', () => {
    expect(socketLimits(20_000, 65_536)).toEqual({ connections: 20_000, sockets: 65_036 });
  });

  it('is reduced if there are few descriptors: some are reserved for handshakes, probes and back ends', () => {
    expect(socketLimits(20_000, 20_000)).toEqual({ connections: 19_000, sockets: 19_500 });
    expect(socketLimits(20_000, 4_096)).toEqual({ connections: 3_686, sockets: 3_891 });
    expect(socketLimits(20_000, 256)).toEqual({ connections: 128, sockets: 192 });
  });

  it('is at least one connection', () => {
    expect(socketLimits(20_000, 100)).toEqual({ connections: 1, sockets: 36 });
  });

  it('is not reduced if the limit of descriptors is unknown', () => {
    expect(socketLimits(20_000, undefined)).toEqual({ connections: 20_000, sockets: undefined });
  });
});
