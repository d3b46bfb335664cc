export type { ErrorCode, Status } from '@white-rabbit/protocol';
export { Call } from './call.js';
export type { CallEnd, CallEvents, CallState } from './call.js';
export { Client, connect } from './client.js';
export type { ClientEvents } from './client.js';
export type { ConnectOptions } from './connect-options.js';
export type { Listener } from './emitter.js';
export type { IceServer } from './frame.js';
export { createIdentity, keepIdentity } from './identity.js';
export type { Identity, IdentityStore } from './identity.js';
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
export type { Closed } from './reconnect.js';
export type { ConnectionState } from './reconnecting-connection.js';
export type { Socket, SocketClass } from './socket.js';
