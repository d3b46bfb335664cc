import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

// The floor in this runtime: a Map and two JSON calls on ws; nothing is checked. A program of its own, so that its CPU
// and memory can be read beside the gateway's. Prints its port as one JSON line.

interface Relayed {
  readonly event: string;
  readonly to: string;
  from?: string;
}

const sockets = new Map<string, WebSocket>();
const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: false,
  clientTracking: false,
  backlog: 4096,
});

server.on('connection', (socket) => {
  let self = '';
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Relayed;
    if (frame.event === 'register') {
      self = frame.to;
      sockets.set(self, socket);
      socket.send('{"event":"registered"}');
      return;
    }
    frame.from = self;
    sockets.get(frame.to)?.send(JSON.stringify(frame));
  });
  socket.on('close', () => sockets.delete(self));
});

server.on('listening', () => {
  process.stdout.write(`${JSON.stringify({ event: 'listening', port: (server.address() as AddressInfo).port })}\n`);
});
