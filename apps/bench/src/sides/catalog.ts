import { startBaseline, startSocketIoCluster } from './baselines.js';
import { startGateways } from './gateways.js';
import type { StartServer } from './side.js';

/** Names of the sides in tables and charts. */
export const NAMES = {
  bareWs: 'bare-ws',
  peerjs: 'PeerJS server',
  socketIo: 'Socket.IO',
  nestWs: 'Nest WsAdapter',
  ours: 'White Rabbit',
  socketIoCluster: 'Socket.IO + Redis adapter',
  oursCluster: 'White Rabbit, two nodes',
  oursOnThree: 'White Rabbit, three nodes',
} as const;

export const startBareWs: StartServer = () => startBaseline(NAMES.bareWs, 'bare-ws');
export const startOurs: StartServer = () => startGateways(NAMES.ours, 1);

/** Every server that runs as one process. */
export const ONE_NODE: readonly StartServer[] = [
  startBareWs,
  () => startBaseline(NAMES.peerjs, 'peerjs'),
  () => startBaseline(NAMES.socketIo, 'socket-io'),
  () => startBaseline(NAMES.nestWs, 'nest-ws'),
  startOurs,
];

/** Every server that runs as two nodes with a Redis. */
export const TWO_NODES: readonly StartServer[] = [
  () => startSocketIoCluster(NAMES.socketIoCluster, 2),
  () => startGateways(NAMES.oursCluster, 2),
];

/** Every server that runs as three nodes with a Redis. */
export const THREE_NODES: readonly StartServer[] = [
  () => startSocketIoCluster(NAMES.socketIoCluster, 3),
  () => startGateways(NAMES.oursOnThree, 3),
];
