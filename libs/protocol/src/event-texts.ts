import type { ClientEventName } from './client-events.js';
import type { ServerEventName } from './server-events.js';

/** The description of a client's event in the published protocol, and the events that can answer it. */
export interface ClientEventText {
  readonly summary: string;
  readonly answers: readonly ServerEventName[];
  /** `data` of an example frame. */
  readonly example: object;
}

/** The description of a server's event in the published protocol. */
export interface ServerEventText {
  readonly summary: string;
  readonly example: object;
}

const CALL = { call_id: 'call-7f3a9c' };
const FROM_BOB = { ...CALL, peer_id: 'bob-4c1d7e' };
const ALICE_TO_BOB = { peer_id: 'bob-4c1d7e', call_id: CALL.call_id };
const OFFER = { description: { type: 'offer', sdp: 'v=0\r\n' } };
const ICE_SERVERS = [
  {
    urls: ['turn:turn.example.com:3478'],
    username: '1796083200:gW3kq1Zr0mXb',
    credential: 'Q2hlc2hpcmUgY2F0IGdyaW4=',
  },
];

/** The events of docs/protocol.md, section 3. */
export const CLIENT_EVENT_TEXTS: Readonly<Record<ClientEventName, ClientEventText>> = {
  register: {
    summary:
      'First event on a connection, sent once. Authenticates the client and sets its contacts. With `transfer`, the server moves a license without a free device to this device, if it offers transfers.',
    answers: ['registered', 'error'],
    example: {
      license_key: 'WR1-7QK2M-9XF4T-B3HNC-8WZ5R-D6VJP-1YEGA',
      device_id: 'd-3dX5kR9wQ2mZ8vT1bN7cLg',
      peer_id: 'alice-9b27f0',
      contacts: ['bob-4c1d7e'],
    },
  },
  contacts: {
    summary: 'Adds and removes contacts.',
    answers: ['presence', 'error'],
    example: { add: ['carol-88e2d1'], remove: ['bob-4c1d7e'] },
  },
  call: {
    summary: 'Calls a peer. With `resumes`, to restore the connection of an earlier call with it.',
    answers: ['ack', 'error'],
    example: ALICE_TO_BOB,
  },
  accept: { summary: 'Accepts a ringing call.', answers: ['ack', 'error'], example: CALL },
  reject: {
    summary: 'Rejects a ringing call, with `declined` unless another `reason` is given.',
    answers: ['ack', 'error'],
    example: { ...CALL, reason: 'busy' },
  },
  signal: {
    summary: 'Sends an object to the other peer of an active call. The server does not read the object.',
    answers: ['ack', 'error'],
    example: { ...CALL, signal: OFFER },
  },
  established: {
    summary: 'Reports that the peers are connected. The server forgets this side of the call.',
    answers: ['ack', 'error'],
    example: CALL,
  },
  hangup: { summary: 'Ends an active call, or cancels a ringing call.', answers: ['ack', 'error'], example: CALL },
  heartbeat: {
    summary: 'Shows that the client is alive. The server answers a heartbeat whose `ack` is not true.',
    answers: ['heartbeat', 'error'],
    example: { ack: false },
  },
};

/** The events of docs/protocol.md, section 4. */
export const SERVER_EVENT_TEXTS: Readonly<Record<ServerEventName, ServerEventText>> = {
  challenge: {
    summary:
      'First event on a connection with the subprotocol white-rabbit.v1.proof: what the proof in `register` signs.',
    example: { nonce: 'u3Zk0vXo7cJrYQyS5m1T9A' },
  },
  registered: {
    summary: 'The connection is registered. Times are in seconds.',
    example: {
      peer_id: 'alice-9b27f0',
      session_id: 'Zk3qvX2fT0aB',
      heartbeat_interval: 30,
      heartbeat_timeout: 60,
      region: 'eu-1',
    },
  },
  presence: {
    summary: 'The status of contacts. Sent as a response, and when the status of a contact changes.',
    example: { peers: [{ peer_id: 'bob-4c1d7e', status: 'ONLINE' }] },
  },
  ring: {
    summary: 'An incoming call. `resumes` as the caller gave it.',
    example: { ...CALL, peer_id: 'alice-9b27f0' },
  },
  accept: {
    summary: 'The callee accepted the call, which is now active. Contains ICE servers if the server offers them.',
    example: { ...FROM_BOB, ice_servers: ICE_SERVERS },
  },
  reject: { summary: 'The callee rejected the call.', example: { ...FROM_BOB, reason: 'busy' } },
  signal: {
    summary: 'The object that the other peer sent, with its text unchanged.',
    example: { ...FROM_BOB, signal: OFFER },
  },
  hangup: { summary: 'The call ended, with the reason.', example: { ...FROM_BOB, reason: 'peer_offline' } },
  heartbeat: {
    summary: 'Asks the client for a heartbeat, or answers a heartbeat of the client.',
    example: { ack: false },
  },
  ack: {
    summary:
      'The server has processed the frame with this ref, or has delivered it to the other peer. The ack of `accept` contains ICE servers if the server offers them.',
    example: {},
  },
  error: {
    summary: 'The server has not processed the frame, with the reason.',
    example: { code: 'peer_offline', message: 'The peer is not online.', event: 'call', call_id: CALL.call_id },
  },
};
