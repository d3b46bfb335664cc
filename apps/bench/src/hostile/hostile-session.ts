import { callId, type PeerIdentity } from '@white-rabbit/testing';
import { WebSocket } from 'ws';

/** One of the hostile sessions: a socket that registers, sends what it is given, and reads all that comes. */
export class HostileSession {
  readonly answers: Record<string, number> = {};
  #socket: WebSocket | undefined;
  readonly #waiting = new Map<string, (frame: string) => void>();

  constructor(
    readonly identity: PeerIdentity,
    private readonly licenseKey: string,
  ) {}

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that the server has not taken yet. */
  get waitingBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Opens a socket and registers. Rejects when it is closed instead. */
  async register(url: string): Promise<void> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#hear(data.toString());
    });
    const closed = new Promise<never>((_, reject) => {
      socket.on('close', (code) => {
        this.#count(String(code));
        reject(new Error(`closed with ${code}`));
      });
      socket.on('error', reject);
    });
    closed.catch(() => undefined);
    socket.on('open', () => {
      this.send(JSON.stringify({ event: 'register', data: { ...this.identity, license_key: this.licenseKey } }));
    });
    await Promise.race([this.next('registered'), closed]);
  }

  send(frame: string): void {
    this.#socket?.send(frame);
  }

  /** The next frame of that event. */
  next(event: string): Promise<string> {
    return new Promise((resolve) => this.#waiting.set(event, resolve));
  }

  /** Calls the other; resolves with the call's id once it rings there. */
  async call(callee: HostileSession): Promise<string> {
    const id = callId();
    const rung = callee.next('ring');
    this.send(JSON.stringify({ event: 'call', data: { peer_id: callee.identity.peer_id, call_id: id } }));
    await rung;
    return id;
  }

  close(): void {
    this.#socket?.terminate();
  }

  #hear(frame: string): void {
    const event = /^\{"event":"([a-z]+)"/.exec(frame)?.[1] ?? '';
    this.#waiting.get(event)?.(frame);
    this.#waiting.delete(event);
    if (event === 'error') this.#count(/"code":"([a-z_]+)"/.exec(frame)?.[1] ?? 'error');
  }

  #count(answer: string): void {
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
  }
}
