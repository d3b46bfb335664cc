import { SERVER_EVENTS, type CloseCode, type PeerId, type SessionId } from '@white-rabbit/protocol';
import { Session, type FrameSink } from '../src/index.js';

/** A frame as a client parses it. */
export interface Frame {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A sink that records what it gets, each frame checked against the protocol's schema. */
export class Recorder implements FrameSink {
  readonly frames: Frame[] = [];
  readonly closes: CloseCode[] = [];

  /** Whether the socket accepts frames. */
  isTaking = true;

  send(text: string): boolean {
    if (this.isTaking) this.frames.push(readFrame(text));
    return this.isTaking;
  }

  close(code: CloseCode): void {
    this.closes.push(code);
  }

  /** The frames so far, which are then removed: `event` alone, or with the fields named. */
  take(): Frame[] {
    return this.frames.splice(0);
  }
}

/** Parses and checks a frame; throws if it is not valid in the protocol. */
export function readFrame(text: string): Frame {
  const frame = JSON.parse(text) as Frame;
  const schema = SERVER_EVENTS[frame.event as keyof typeof SERVER_EVENTS];
  schema.parse(frame.data);
  return frame;
}

let sessions = 0;

/** A session of that peer with a recorder as its socket. */
export function sessionOf(peer: string): Session & { readonly sink: Recorder } {
  const recorder = new Recorder();
  const session = new Session(`session-${(sessions += 1)}` as SessionId, peer as PeerId, 'license-1', recorder);
  return Object.assign(session, { sink: recorder });
}
