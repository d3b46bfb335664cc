import { WebSocketServer } from 'ws';
import { HOST, reportListening, WS_OPTIONS } from './listening.mjs';

// The lower bound in this runtime: a Map and two JSON calls on ws. Nothing is checked.

const sockets = new Map();
const server = new WebSocketServer({ ...WS_OPTIONS, port: 0, host: HOST, clientTracking: false });

server.on('connection', (socket) => {
  let self = '';
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
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

server.on('listening', () => reportListening(server.address().port));
