// One peer in a few lines: npx node docs/examples/peer.mjs URL LICENSE_KEY NAME [NAME_TO_CALL]
import { createHash } from 'node:crypto';

const [url, license_key, name, callee] = process.argv.slice(2);
const id = (of) => `${of}-peer-example`;
// A real client makes random ids once and keeps them. This one cannot be guessed without the license key, either.
const device_id = createHash('sha256').update(`${license_key} ${name}`).digest('base64url');
const socket = new WebSocket(url, 'white-rabbit.v1');
const send = (event, data) => socket.send(JSON.stringify({ event, data, ref: event }));

const on = {
  registered: () => callee && send('call', { peer_id: id(callee), call_id: crypto.randomUUID() }),
  ring: ({ call_id }) => send('accept', { call_id }),
  // From here on a real client exchanges SDP and ICE and then talks peer to peer.
  accept: ({ call_id }) => send('signal', { call_id, signal: { hello: `from ${name}` } }),
  signal: ({ call_id }) => send('hangup', { call_id }),
  hangup: () => socket.close(),
  heartbeat: ({ ack }) => ack || socket.send('{"event":"heartbeat","data":{"ack":true}}'),
};
socket.onopen = () => send('register', { license_key, device_id, peer_id: id(name) });
socket.onclose = ({ code, reason }) => console.log(name, 'closed', code, reason);
socket.onmessage = ({ data: text }) => {
  const { event, data, ref } = JSON.parse(text);
  console.log(name, '<', event, JSON.stringify(data), ref ? `(answer to ${ref})` : '');
  if (event === 'ack' && ref === 'hangup') socket.close();
  on[event]?.(data);
};
