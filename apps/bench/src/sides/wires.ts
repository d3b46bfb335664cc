import { gatewayWire } from '../load/gateway-wire.js';
import { bareWsWire, nestWsWire, peerjsWire, socketIoWire } from './baseline-wires.js';

/** Wires by name: an order to another process names one. */
export const WIRES = {
  'bare-ws': bareWsWire,
  peerjs: peerjsWire,
  'socket-io': socketIoWire,
  'nest-ws': nestWsWire,
  gateway: gatewayWire,
};

export type WireName = keyof typeof WIRES;
