export type { ErrorCode, Status } from '@white-rabbit/protocol';
export type { CallEnd } from './call-end.js';
export { Call } from './call.js';
export type { CallEvents, CallState } from './call.js';
export { Client } from './client.js';
export type { ClientEvents } from './client.js';
export type { Closed } from './closed.js';
export { connect } from './connect.js';
export type { ConnectOptions } from './connect-options.js';
export type { Listener } from './emitter.js';
export type { IceServer } from './ice-server.js';
export { createIdentity, keepIdentity } from './identity.js';
export type { Identity, IdentityStore } from './identity.js';
export type { LineState } from './line.js';
export type { Failure, FailureCode, Outcome } from './outcome.js';
export { PeerCall } from './peer-call.js';
export type { Connected, PeerCallEnd, PeerCallEvents, PeerCallOptions } from './peer-call.js';
export type {
  Candidate,
  ConnectionConfiguration,
  DataChannel,
  Description,
  GatheredCandidate,
  PeerConnection,
} from './peer-connection.js';
export type { PeerSignal } from './peer-signal.js';
export type { Socket, SocketClass } from './socket.js';
