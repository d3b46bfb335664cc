import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { HOST, reportListening, WS_OPTIONS } from './listening.mjs';

// A relay as in the documentation of Socket.IO: each client joins its own name, and signals go to names. With the URL of a
// Redis as its argument it is one node of several.

const [redisUrl] = process.argv.slice(2);
const server = createServer();
const io = new Server(server, {
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: WS_OPTIONS.perMessageDeflate,
  maxHttpBufferSize: WS_OPTIONS.maxPayload,
});

if (redisUrl !== undefined) {
  const publisher = new Redis(redisUrl);
  const subscriber = publisher.duplicate();
  io.adapter(createAdapter(publisher, subscriber));
}

io.on('connection', (socket) => {
  socket.on('register', async (name) => {
    socket.data.name = name;
    await socket.join(name);
    socket.emit('registered');
  });
  socket.on('signal', (to, signal) => {
    io.to(to).emit('signal', socket.data.name, signal);
  });
});

server.listen(0, HOST, () => reportListening(server.address().port));
