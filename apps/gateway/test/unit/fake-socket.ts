import { SERVER_EVENTS } from '@white-rabbit/protocol';
import { FrameSocket } from '../../src/transport/frame-socket.js';

/** A frame as its client reads it. */
export interface ReceivedFrame {
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly ref?: string;
}

/** A socket without a network: what the gateway does to it is kept, what its client sends is said by the test. */
export class FakeSocket extends FrameSocket {
  readonly received: ReceivedFrame[] = [];
  readonly closes: { readonly code: number | undefined; readonly reason: string }[] = [];
  /** Whether the gateway reads no further. */
  isHeldBack = false;
  /** What waits for a client that does not read. Bytes. */
  waitingBytes = 0;
  state: number = FakeSocket.OPEN;
  /** Payloads of the pings that were answered. */
  readonly pongs: string[] = [];

  constructor() {
    // @ts-expect-error The types of ws do not know how its server makes a socket.
    super(null, undefined, {});
    Object.defineProperty(this, 'bufferedAmount', { get: () => this.waitingBytes });
    Object.defineProperty(this, 'readyState', { get: () => this.state });
  }

  /** Checks each frame against the protocol's schema. */
  override send(bytes: Buffer): void {
    const frame = JSON.parse(bytes.toString()) as ReceivedFrame;
    SERVER_EVENTS[frame.event as keyof typeof SERVER_EVENTS].parse(frame.data);
    this.received.push(frame);
  }

  override close(code?: number, reason?: string | Buffer): void {
    this.closes.push({ code, reason: String(reason ?? '') });
  }

  /** The client sends a Close frame, which ws answers by itself; the TCP connection stays. */
  saysGoodbye(): void {
    this.state = FakeSocket.CLOSING;
    super.close();
  }

  override pong(payload: Buffer): void {
    this.pongs.push(payload.toString());
  }

  override terminate(): void {
    this.vanishes();
  }

  override pause(): void {
    this.isHeldBack = true;
  }

  override resume(): void {
    this.isHeldBack = false;
  }

  /** The client sends one text frame. */
  says(event: string, data?: object, ref?: string): void {
    this.saysText(JSON.stringify({ event, data, ref }));
  }

  saysText(text: string): void {
    this.emit('message', Buffer.from(text), false);
  }

  saysBinary(bytes: Buffer): void {
    this.emit('message', bytes, true);
  }

  /** The client is gone. */
  vanishes(): void {
    this.emit('close', 1006, Buffer.alloc(0));
  }

  /** The frames so far, which are forgotten. */
  take(): ReceivedFrame[] {
    return this.received.splice(0);
  }

  get closeCodes(): (number | undefined)[] {
    return this.closes.map(({ code }) => code);
  }
}
