import { callId, newIdentity, TestCluster, type Issued, type PeerIdentity } from '@white-rabbit/testing';
import type { WebSocket } from 'ws';
import type { End, RunningSide } from './side.js';
import { each, Sockets } from './sockets.js';

/** As fast as the bench can connect; everything else as in production. */
const SETTINGS = { WR_CONNECT_RATE: '100000', WR_DRAIN_SECONDS: '0' };

/** A gateway with everything on, real Redis and PostgreSQL behind it. */
export async function gatewaySide(): Promise<RunningSide> {
  const running = await TestCluster.start(1, { env: SETTINGS });
  const gateway = running.gateway(0);
  const sockets = new Sockets(gateway.url);
  return {
    name: 'White Rabbit',
    pid: gateway.pid,
    connect: (pairs) => connectPairs(running, sockets, pairs),
    idle: async (sessions) => {
      const licenses = await running.licenses.issue({ count: sessions });
      await each(sessions, (index) => register(sockets, licenses[index], newIdentity('idle')));
    },
    disconnect: () => sockets.close(),
    stop: () => running.stop(),
  };
}

async function connectPairs(running: TestCluster, sockets: Sockets, pairs: number): Promise<readonly End[]> {
  const licenses = await running.licenses.issue({ count: pairs * 2 });
  const joined = await each(pairs, async (index) => {
    const [alice, bob] = [newIdentity('alice'), newIdentity('bob')];
    const caller = await register(sockets, licenses[index * 2], alice);
    const callee = await register(sockets, licenses[index * 2 + 1], bob);
    return connectCall(caller, callee, bob);
  });
  return joined.flat();
}

function register(sockets: Sockets, license: Issued | undefined, identity: PeerIdentity): Promise<WebSocket> {
  const data = { license_key: license?.license_key, ...identity };
  return sockets.open(JSON.stringify({ event: 'register', data }), (frame) => frame.includes('"registered"'));
}

/** Rings and accepts, so that signals may pass. */
async function connectCall(caller: WebSocket, callee: WebSocket, bob: PeerIdentity): Promise<[End, End]> {
  const call = callId();
  const rung = frameWith(callee, '"ring"');
  caller.send(JSON.stringify({ event: 'call', data: { peer_id: bob.peer_id, call_id: call } }));
  await rung;
  const accepted = frameWith(caller, '"accept"');
  callee.send(JSON.stringify({ event: 'accept', data: { call_id: call } }));
  await accepted;
  return [endOf(caller, call), endOf(callee, call)];
}

function frameWith(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (data: Buffer) => {
      if (!data.toString().includes(text)) return;
      socket.off('message', onMessage);
      resolve();
    };
    socket.on('message', onMessage);
  });
}

function endOf(socket: WebSocket, call: string): End {
  const end: End = {
    send: (payload) => {
      socket.send(`{"event":"signal","data":{"call_id":"${call}","signal":${payload}}}`);
    },
    onArrival: () => undefined,
  };
  socket.on('message', (data: Buffer) => {
    const frame = data.toString();
    if (frame.startsWith('{"event":"signal"')) end.onArrival(frame);
  });
  return end;
}
