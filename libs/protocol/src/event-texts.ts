import type { ClientEventName } from './client-events.js';
import type { ServerEventName } from './server-events.js';

/** What the published contract says of a client's event, and what may answer it. */
export interface ClientEventText {
  readonly summary: string;
  readonly answers: readonly ServerEventName[];
  /** `data` of an example. */
  readonly example: object;
}

/** The same of a server's event. */
export interface ServerEventText {
  readonly summary: string;
  readonly example: object;
}

const CALL = { call_id: 'call-7f3a9c' };
const FROM_BOB = { ...CALL, peer_id: 'bob-4c1d7e' };
const ALICE_TO_BOB = { peer_id: 'bob-4c1d7e', call_id: CALL.call_id };
const OFFER = { description: { type: 'offer', sdp: 'v=0\r\n' } };
const RELAYS = [
  {
    urls: ['turn:turn.example.com:3478'],
    username: '1796083200:gW3kq1Zr0mXb',
    credential: 'Q2hlc2hpcmUgY2F0IGdyaW4=',
  },
];

/** Every event of PROTOCOL.md, section 3. */
export const CLIENT_EVENT_TEXTS: Readonly<Record<ClientEventName, ClientEventText>> = {
  register: {
    summary:
      'Comes first, once: who this is, by which license, and whose presence it wants to know. With `transfer`, a license that has no place left is moved to this device, where the server offers that.',
    answers: ['registered', 'error'],
    example: {
      license_key: 'WR1-7QK2M-9XF4T-B3HNC-8WZ5R-D6VJP-1YEGA',
      device_id: 'alice-laptop-1',
      peer_id: 'alice-9b27f0',
      contacts: ['bob-4c1d7e'],
    },
  },
  contacts: {
    summary: 'Watches more peers, or fewer.',
    answers: ['presence', 'error'],
    example: { add: ['carol-88e2d1'], remove: ['bob-4c1d7e'] },
  },
  call: { summary: 'Rings at a peer.', answers: ['ack', 'error'], example: ALICE_TO_BOB },
  accept: { summary: 'Takes a ringing call.', answers: ['ack', 'error'], example: CALL },
  reject: { summary: 'Does not take it.', answers: ['ack', 'error'], example: { ...CALL, reason: 'busy' } },
  signal: {
    summary: 'Any object for the other peer of an active call; the server never looks inside.',
    answers: ['ack', 'error'],
    example: { ...CALL, signal: OFFER },
  },
  established: {
    summary: 'The peers are connected: the server forgets this side of the call.',
    answers: ['ack', 'error'],
    example: CALL,
  },
  hangup: { summary: 'Ends a call, or cancels it while it rings.', answers: ['ack', 'error'], example: CALL },
  heartbeat: {
    summary: 'Shows that this side lives; answered unless it is an answer itself.',
    answers: ['heartbeat', 'error'],
    example: { ack: false },
  },
};

/** Every event of PROTOCOL.md, section 4. */
export const SERVER_EVENT_TEXTS: Readonly<Record<ServerEventName, ServerEventText>> = {
  registered: {
    summary: 'The connection is a session now. Times are seconds.',
    example: {
      peer_id: 'alice-9b27f0',
      session_id: 'Zk3qvX2fT0aB',
      heartbeat_interval: 30,
      heartbeat_timeout: 60,
      region: 'eu-1',
    },
  },
  presence: {
    summary: 'The status of contacts: as an answer, and whenever one changes.',
    example: { peers: [{ peer_id: 'bob-4c1d7e', status: 'ONLINE' }] },
  },
  ring: { summary: 'A peer calls.', example: { ...CALL, peer_id: 'alice-9b27f0' } },
  accept: {
    summary: 'The callee took the call: it is active. With relays for the call where the server offers some.',
    example: { ...FROM_BOB, ice_servers: RELAYS },
  },
  reject: { summary: 'The callee did not take it.', example: { ...FROM_BOB, reason: 'busy' } },
  signal: { summary: 'What the other peer sent, as it was sent.', example: { ...FROM_BOB, signal: OFFER } },
  hangup: { summary: 'The call ended, and why.', example: { ...FROM_BOB, reason: 'peer_offline' } },
  heartbeat: { summary: 'Asks for a sign of life, or is the answer to one.', example: { ack: false } },
  ack: {
    summary:
      'The frame with this ref was done, or was given to the other peer. For an accept with relays for the call where the server offers some.',
    example: {},
  },
  error: {
    summary: 'The frame was not done, and why.',
    example: { code: 'peer_offline', message: 'The peer is not online.', event: 'call', call_id: CALL.call_id },
  },
};
