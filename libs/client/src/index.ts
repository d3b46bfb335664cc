export type { ErrorCode, HangupReason, IceServer, RejectReason, Status } from './protocol-types.js';
export { Call } from './call.js';
export type { CallEnd, CallEvents, CallState } from './call.js';
export { Client, connect } from './client.js';
export type { ClientEvents } from './client.js';
export type { ConnectOptions } from './connect-options.js';
export type { Listener, ListenerOptions, ListenerSignal } from './emitter.js';
export { createIdentity } from './identity.js';
export type { Identity } from './identity.js';
export { hasIdentity, keepIdentity } from './identity-database.js';
export type { IdentityDatabase } from './identity-database.js';
export type { Failure, FailureCode, Outcome } from './outcome.js';
export type { Delivery, SendResult } from './outbox.js';
export { PeerCall } from './peer-call.js';
export type { PeerCallOptions } from './peer-call-options.js';
export type { Connected, PeerCallEnd, PeerCallEvents, PeerCallState } from './peer-call-state.js';
export type {
  Candidate,
  ChannelOptions,
  ConnectionConfiguration,
  DataChannel,
  Description,
  GatheredCandidate,
  PeerConnection,
} from './peer-connection.js';
export { PeerKey } from './peer-key.js';
export type { WebCryptoKey, WebCryptoKeyPair } from './peer-key.js';
export type { PeerSignal } from './peer-signal.js';
export type { Closed } from './reconnect.js';
export type { ConnectionState } from './connection-state.js';
export type { SealFault } from './seal/sealed-signals.js';
export type { Socket, SocketClass } from './socket.js';
