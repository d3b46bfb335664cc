import { PeerServer } from 'peer';
import { WebSocketServer } from 'ws';
import { HOST, reportListening, WS_OPTIONS } from './listening.mjs';

// The PeerJS server with its defaults, but for the limit of 5,000 clients.

PeerServer(
  {
    port: 0,
    host: HOST,
    concurrent_limit: 100_000,
    createWebSocketServer: (options) => new WebSocketServer({ ...options, ...WS_OPTIONS }),
  },
  (server) => reportListening(server.address().port),
);
