import type { IceServer } from './protocol-types.js';

/** A session description, as `RTCPeerConnection` creates and accepts it. */
export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** An ICE candidate in the form of `RTCIceCandidate.toJSON()`. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
}

/** The configuration of a WebRTC connection, in the form of `RTCConfiguration`. */
export interface ConnectionConfiguration {
  /** Empty if the server offers none; werift then uses no server instead of its public default. */
  iceServers: IceServer[];
}

/** The part of `RTCDataChannel` that the SDK uses. Browsers and werift implement it. */
export interface DataChannel {
  readonly label: string;
  readonly readyState: string;
  /** Bytes that are queued and not sent yet. */
  readonly bufferedAmount: number;
  /** The channel fires `bufferedamountlow` when `bufferedAmount` falls to this. Bytes. */
  bufferedAmountLowThreshold: number;
  /** `arraybuffer` if the channel supports it; werift delivers a `Buffer`. */
  binaryType?: string;
  send(message: string | Uint8Array): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'bufferedamountlow', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** How a channel delivers its messages, in the form of `RTCDataChannelInit`. By default all arrive, in order; with werift all always arrive. */
export interface ChannelOptions {
  /** `false`: messages arrive as they come. */
  ordered?: boolean;
  /** A message that is lost is sent again at most so many times. Not together with `maxPacketLifeTime`. */
  maxRetransmits?: number;
  /** A message that is lost is sent again for at most this time. Milliseconds. */
  maxPacketLifeTime?: number;
}

/** The part of `RTCPeerConnection` that the SDK uses. Browsers and werift implement it. */
export interface PeerConnection {
  readonly connectionState: string;
  readonly signalingState: string;
  /** Absent in a connection that has no data channels. */
  readonly sctp?: { readonly maxMessageSize: number } | null;
  readonly localDescription: { readonly type: string; readonly sdp: string } | null;
  createDataChannel(label: string, options?: ChannelOptions): DataChannel;
  setLocalDescription(): Promise<unknown>;
  setRemoteDescription(description: Description): Promise<void>;
  addIceCandidate(candidate: Candidate): Promise<void>;
  /** The next offer restarts ICE. */
  restartIce(): void;
  close(): unknown;
  addEventListener(type: 'negotiationneeded' | 'connectionstatechange', listener: () => void): void;
  addEventListener(
    type: 'icecandidate',
    listener: (event: { readonly candidate?: GatheredCandidate | null }) => void,
  ): void;
  addEventListener(type: 'datachannel', listener: (event: { readonly channel: DataChannel }) => void): void;
}

/** A candidate as the `icecandidate` event delivers it. */
export interface GatheredCandidate {
  readonly candidate?: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
}
