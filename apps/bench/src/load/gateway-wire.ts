import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Wire } from './wire.js';

/** The gateway. The name of a client is the text of its `register` frame. */
export const gatewayWire: Wire = {
  path: () => '',
  hello: (register) => register,
  isWelcome: (frame) => frame.startsWith('{"event":"registered"'),
  reply: (frame) =>
    frame.startsWith('{"event":"heartbeat","data":{"ack":false}')
      ? '{"event":"heartbeat","data":{"ack":true}}'
      : undefined,
  signal: (call, payload) => `{"event":"signal","data":{"call_id":"${call}","signal":${payload}}}`,
  isSignal: (frame, call) => frame.startsWith(`{"event":"signal","data":{"call_id":"${call}"`),
  connect: async (caller, callee) => {
    const call = await connectCall(caller.socket, callee.socket, peerOf(callee.name));
    return [call, call];
  },
};

/** The frame with which a client registers, which is its name here. */
export function registerFrame(data: {
  readonly license_key: string;
  readonly peer_id: string;
  readonly device_id: string;
  readonly contacts?: readonly string[];
}): string {
  return JSON.stringify({ event: 'register', data });
}

/** The peer of a client by its name. */
export function peerOf(register: string): string {
  return (JSON.parse(register) as { data: { peer_id: string } }).data.peer_id;
}

/** Rings and accepts, so that signals may pass; resolves with the call's id. */
export async function connectCall(
  caller: WebSocket,
  callee: WebSocket,
  calleePeer: string,
  id: string = randomUUID(),
): Promise<string> {
  const rung = received(callee, 'ring', id);
  caller.send(JSON.stringify({ event: 'call', data: { peer_id: calleePeer, call_id: id } }));
  await rung;
  const accepted = received(caller, 'accept', id);
  callee.send(JSON.stringify({ event: 'accept', data: { call_id: id } }));
  await accepted;
  return id;
}

/** Resolves with the next event of that name, if a call is given: of that call. */
export function received(socket: WebSocket, event: string, call?: string): Promise<void> {
  const beginning = `{"event":"${event}"` + (call === undefined ? '' : `,"data":{"call_id":"${call}"`);
  return new Promise((resolve) => {
    const onMessage = (frame: Buffer) => {
      if (!frame.toString().startsWith(beginning)) return;
      socket.off('message', onMessage);
      resolve();
    };
    socket.on('message', onMessage);
  });
}
