import type { IceServer } from './ice-server.js';

/** A description of one side, as `RTCPeerConnection` makes and takes it. */
export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** One way to reach a peer, in the form of `RTCIceCandidate.toJSON()`. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
}

/** What the server gives a connection along, in the form of `RTCConfiguration`. */
export interface ConnectionConfiguration {
  /** Empty where the server offers none: werift then asks none either, instead of a public one. */
  iceServers: IceServer[];
}

/** What this SDK uses of an `RTCDataChannel`: browsers' and werift's have it. */
export interface DataChannel {
  readonly label: string;
  readonly readyState: string;
  /** Bytes that were sent and did not go out yet. */
  readonly bufferedAmount: number;
  /** `bufferedamountlow` is told when `bufferedAmount` falls to this. Bytes. */
  bufferedAmountLowThreshold: number;
  /** `arraybuffer` where the channel can choose; werift gives a `Buffer`. */
  binaryType?: string;
  send(message: string | Uint8Array): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'bufferedamountlow', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** What this SDK uses of an `RTCPeerConnection`: browsers' and werift's have it. */
export interface PeerConnection {
  readonly connectionState: string;
  readonly signalingState: string;
  readonly localDescription: { readonly type: string; readonly sdp: string } | null;
  createDataChannel(label: string): DataChannel;
  setLocalDescription(): Promise<unknown>;
  setRemoteDescription(description: Description): Promise<void>;
  addIceCandidate(candidate: Candidate): Promise<void>;
  close(): unknown;
  addEventListener(type: 'negotiationneeded' | 'connectionstatechange', listener: () => void): void;
  addEventListener(
    type: 'icecandidate',
    listener: (event: { readonly candidate?: GatheredCandidate | null }) => void,
  ): void;
  addEventListener(type: 'datachannel', listener: (event: { readonly channel: DataChannel }) => void): void;
}

/** A candidate as the connection tells it. */
export interface GatheredCandidate {
  readonly candidate?: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
}
