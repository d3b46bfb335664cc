import { SERVER_EVENTS } from '@white-rabbit/protocol';
import { FrameSocket, type SocketListener } from '../../src/transport/frame-socket.js';

/** A frame as its client decodes it. */
export interface ReceivedFrame {
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly ref?: string;
}

/** A socket without a network: it records what the gateway does to it, and the test sends the client's frames. */
export class FakeSocket extends FrameSocket {
  readonly received: ReceivedFrame[] = [];
  readonly closes: { readonly code: number | undefined; readonly reason: string }[] = [];
  /** Whether the gateway has paused the socket. */
  isHeldBack = false;
  /** Bytes that wait for a client that does not read. */
  waitingBytes = 0;
  state: number = FakeSocket.OPEN;
  /** Payloads of the pings that were answered. */
  readonly pongs: string[] = [];
  #connection: SocketListener | undefined;

  constructor() {
    // @ts-expect-error The types of ws do not declare how its server creates a socket.
    super(null, undefined, {});
    Object.defineProperty(this, 'readyState', { get: () => this.state });
  }

  override reportTo(listener: SocketListener): void {
    super.reportTo(listener);
    this.#connection = listener;
  }

  override get outgoingBytes(): number {
    return this.waitingBytes;
  }

  /** Checks each frame against the schema of the protocol. */
  override sendText(text: string): void {
    const frame = JSON.parse(text) as ReceivedFrame;
    SERVER_EVENTS[frame.event as keyof typeof SERVER_EVENTS].parse(frame.data);
    this.received.push(frame);
    if (this.waitingBytes > 0) this.#connection?.backedUp(this.waitingBytes);
  }

  override close(code?: number, reason?: string | Buffer): void {
    this.closes.push({ code, reason: String(reason ?? '') });
  }

  /** The client sends a Close frame, which ws answers on its own; the TCP connection stays open. */
  saysGoodbye(): void {
    this.state = FakeSocket.CLOSING;
    super.close();
  }

  override pong(payload: Buffer): void {
    this.pongs.push(payload.toString());
    if (this.waitingBytes > 0) this.#connection?.backedUp(this.waitingBytes);
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

  /** The client disconnects. */
  vanishes(): void {
    this.emit('close', 1006, Buffer.alloc(0));
  }

  /** Returns the frames received so far and removes them. */
  take(): ReceivedFrame[] {
    return this.received.splice(0);
  }

  get closeCodes(): (number | undefined)[] {
    return this.closes.map(({ code }) => code);
  }
}
