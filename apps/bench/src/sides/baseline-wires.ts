import type { Client, Wire } from '../load/wire.js';

/** Names are addresses, so that nothing has to be set up between two clients. */
const byName = (first: Client, second: Client) => Promise.resolve([second.name, first.name] as const);
const none = () => undefined;

/** baselines/bare-ws.mjs. */
export const bareWsWire: Wire = {
  path: () => '/',
  hello: (name) => `{"event":"register","to":"${name}"}`,
  isWelcome: (frame) => frame === '{"event":"registered"}',
  reply: none,
  signal: (to, payload) => `{"event":"signal","to":"${to}","signal":${payload}}`,
  isSignal: (frame) => frame.startsWith('{"event":"signal"'),
  connect: byName,
};

/** The PeerJS server. It closes a socket without a heartbeat for 90 s; the PeerJS client sends one every 5 s. */
export const peerjsWire: Wire = {
  path: (name) => `/peerjs?key=peerjs&id=${name}&token=${name}`,
  hello: none,
  isWelcome: (frame) => frame === '{"type":"OPEN"}',
  reply: none,
  signal: (to, payload) => `{"type":"OFFER","dst":"${to}","payload":${payload}}`,
  isSignal: (frame) => frame.startsWith('{"type":"OFFER"'),
  heartbeat: '{"type":"HEARTBEAT"}',
  connect: byName,
};

/** Engine.IO 4 and Socket.IO 5: `0` open, `2` ping, `3` pong, `40` connect, `42` event. */
export const socketIoWire: Wire = {
  path: () => '/socket.io/?EIO=4&transport=websocket',
  hello: none,
  isWelcome: (frame) => frame === '42["registered"]',
  reply: (frame, name) => {
    if (frame === '2') return '3';
    if (frame.startsWith('0{')) return '40';
    return frame.startsWith('40{') ? `42["register","${name}"]` : undefined;
  },
  signal: (to, payload) => `42["signal","${to}",${payload}]`,
  isSignal: (frame) => frame.startsWith('42["signal"'),
  connect: byName,
};

/** baselines/nest-ws.mjs: the frames of Nest's WsAdapter. */
export const nestWsWire: Wire = {
  path: () => '/',
  hello: (name) => `{"event":"register","data":{"name":"${name}"}}`,
  isWelcome: (frame) => frame === '{"event":"registered"}',
  reply: none,
  signal: (to, payload) => `{"event":"signal","data":{"to":"${to}","signal":${payload}}}`,
  isSignal: (frame) => frame.startsWith('{"event":"signal"'),
  connect: byName,
};
