import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { WebSocket } from 'ws';

// Floods with signals: a process of its own, so that the event loop of the test measures the other clients alone. Each
// message of the parent has two URLs and two registrations: the callee registers at the second URL, the caller registers at
// the first one, calls, and sends 2,000 signals a second until it is closed. Answers with what happened.

const A_SECOND = 2_000;
const BURST_MS = 10;

/** A client that is registered. `onEvent` gets each event with its data. */
async function client(url, { license_key, device_id, peer_id }, onEvent) {
  const socket = new WebSocket(url, ['white-rabbit.v1'], { perMessageDeflate: false });
  const send = (event, data) => socket.send(JSON.stringify({ event, data }));
  await new Promise((resolve, reject) => {
    socket.on('open', () => send('register', { license_key, device_id, peer_id }));
    socket.on('error', reject);
    socket.on('message', (text) => {
      const { event, data } = JSON.parse(text);
      if (event === 'registered') resolve();
      else onEvent(event, data, send);
    });
    socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
  });
  return { socket, send };
}

async function flood({ urls, caller, callee, call_id }) {
  let arrived = 0;
  let limited = 0;
  const bob = await client(urls[1], callee, (event, data, send) => {
    if (event === 'ring') send('accept', { call_id: data.call_id });
    else if (event === 'signal') arrived += 1;
  });
  const accepted = Promise.withResolvers();
  const mallory = await client(urls[0], caller, (event) => {
    if (event === 'accept') accepted.resolve();
    else if (event === 'error') limited += 1;
  });
  const closed = new Promise((resolve) => mallory.socket.on('close', resolve));
  mallory.send('call', { peer_id: callee.peer_id, call_id });
  await accepted.promise;
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent < ((performance.now() - start) * A_SECOND) / 1_000; sent += 1) {
      mallory.send('signal', { call_id, signal: { n: sent } });
    }
  }, BURST_MS);
  const code = await closed;
  clearInterval(timer);
  const tookMs = performance.now() - start;
  bob.socket.close(1000);
  return { code, sent, arrived, limited, tookMs };
}

process.on('message', (message) => {
  flood(message).then(
    (end) => process.send({ end }),
    (failure) => process.send({ failure: String(failure) }),
  );
});
