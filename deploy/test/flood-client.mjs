// Asks for WebSockets over TLS from one source at a steady rate, keeps the accepted ones and sends nothing. A separate
// process, so that its work does not delay the clients of a test. Arguments: port, source, connections a second, connections.
// Prints a line of JSON every 100 ms, and one more at the end; the connections stay open until it is ended.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval, setTimeout } from 'node:timers';
import { connect as connectTls } from 'node:tls';

/** How often connections are made. Milliseconds. */
const TURN_MS = 10;
/** A refused connection is closed by then, and costs no TLS here. Milliseconds. */
const REFUSED_WITHIN_MS = 20;

const UPGRADE = [
  'GET /ws HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

const [port, source, perSecond, count] = process.argv.slice(2);
const total = Number(count);
let attempts = 0;
let upgraded = 0;

function attempt() {
  attempts += 1;
  const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: source });
  socket.on('error', () => undefined);
  socket.once('connect', () => setTimeout(askForWebSocket, REFUSED_WITHIN_MS, socket));
  socket.resume();
}

function askForWebSocket(socket) {
  if (socket.destroyed) return;
  const secure = connectTls({ socket, rejectUnauthorized: false });
  secure.on('error', () => undefined);
  secure.once('secureConnect', () => secure.write(UPGRADE));
  secure.once('data', (answer) => {
    if (answer.toString('latin1').startsWith('HTTP/1.1 101')) upgraded += 1;
  });
}

const start = performance.now();
let reportedAt = 0;

const turns = setInterval(() => {
  const elapsed = performance.now() - start;
  while (attempts < Math.min((elapsed / 1_000) * Number(perSecond), total)) attempt();
  const isOver = attempts === total;
  if (isOver) clearInterval(turns);
  if (!isOver && elapsed < reportedAt + 100) return;
  reportedAt = elapsed;
  process.stdout.write(`${JSON.stringify({ attempts, upgraded, isOver })}\n`);
}, TURN_MS);
