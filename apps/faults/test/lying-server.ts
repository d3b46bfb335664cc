import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** What the server does wrong; it is honest otherwise. */
export type Lie =
  | 'loses a signal'
  | 'acknowledges what it drops'
  | 'doubles a signal'
  | 'reorders two signals'
  | 'makes up a signal'
  | 'refuses and delivers'
  | 'delivers to a third peer'
  | 'rings a third peer'
  | 'accepts in the name of a third peer'
  | 'hangs up in the name of a third peer'
  | 'refuses every signal'
  | 'never answers'
  | 'answers twice'
  | 'reports a peer OFFLINE'
  | 'keeps a peer ONLINE'
  | 'repeats ONLINE of a peer that is gone'
  | 'never reports ONLINE'
  | 'leaves out a contact'
  | 'hides the end of a call'
  | 'lets it ring'
  | 'rings twice'
  | 'disturbs an established call'
  | 'sends nonsense';

interface Frame {
  readonly event: string;
  readonly ref?: string;
  readonly data: Record<string, unknown> & { readonly call_id: string; readonly peer_id: string };
}

interface Call {
  readonly caller: string;
  readonly callee: string;
  isActive: boolean;
  readonly established: Set<string>;
}

/** Each lie waits until this many chances have passed, so that the server is honest at first. */
const HONEST_FIRST = 2;
/** Later than any frame that was in transit. Milliseconds. */
const AFTER_TRANSIT_MS = 1_000;
/** A peer that is gone is reported ONLINE again and again. Milliseconds. */
const REPEAT_MS = 100;
/** A ring ends after this time. Milliseconds. */
const RING_MS = 1_000;

/** A small signaling server in memory that follows the protocol, but for one lie. */
export class LyingServer {
  readonly #server: WebSocketServer;
  readonly #sockets = new Map<string, WebSocket>();
  readonly #watches = new Map<string, ReadonlySet<string>>();
  readonly #calls = new Map<string, Call>();
  #chances = 0;
  #held: (() => void) | undefined;

  private constructor(
    server: WebSocketServer,
    private readonly lie: Lie | undefined,
  ) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async start(lie?: Lie): Promise<LyingServer> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    return new LyingServer(server, lie);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often the lie was possible. */
  get chances(): number {
    return this.#chances;
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Whether to lie now: at each chance but the first ones. */
  #lies(lie: Lie): boolean {
    if (this.lie !== lie) return false;
    this.#chances += 1;
    return this.#chances > HONEST_FIRST;
  }

  #serve(socket: WebSocket): void {
    let own = '';
    socket.on('message', (raw) => {
      const frame = JSON.parse((raw as Buffer).toString()) as Frame;
      if (frame.event === 'register') own = this.#register(socket, frame);
      else if (!this.#lies('never answers')) this.#handle(own, frame);
    });
    socket.on('close', () => this.#left(own));
  }

  #register(socket: WebSocket, { ref, data }: Frame): string {
    const own = data.peer_id;
    this.#sockets.set(own, socket);
    this.#watches.set(own, new Set(data['contacts'] as string[]));
    const times = { heartbeat_interval: 30, heartbeat_timeout: 60 };
    this.#send(own, 'registered', { peer_id: own, session_id: randomUUID(), region: 'test', ...times }, ref);
    const peers = [...(this.#watches.get(own) ?? [])].map((peer_id) => ({ peer_id, status: this.#status(peer_id) }));
    this.#send(own, 'presence', { peers: this.#lies('leaves out a contact') ? peers.slice(1) : peers });
    if (!this.#lies('never reports ONLINE')) this.#report(own, 'ONLINE');
    return own;
  }

  #left(own: string): void {
    this.#sockets.delete(own);
    if (this.#lies('repeats ONLINE of a peer that is gone')) {
      setInterval(() => this.#report(own, 'ONLINE'), REPEAT_MS).unref();
    } else if (!this.#lies('keeps a peer ONLINE')) this.#report(own, 'OFFLINE');
    for (const [id, call] of this.#calls) {
      if (call.caller === own || call.callee === own) this.#end(id, own, 'peer_offline');
    }
  }

  #handle(own: string, frame: Frame): void {
    const { ref, data } = frame;
    const call = this.#calls.get(data.call_id);
    const answer = (event = 'ack', more: object = {}) => {
      if (ref !== undefined || event === 'error') this.#send(own, event, more, ref);
      if (this.#lies('answers twice') && ref !== undefined) this.#send(own, event, more, ref);
    };
    const refuse = (code: string) =>
      answer('error', { code, message: code, event: frame.event, call_id: data.call_id });
    if (this.#lies('sends nonsense')) this.#send(own, 'presence', { nonsense: true });
    if (this.#lies('reports a peer OFFLINE')) this.#report(own, 'OFFLINE');
    if (frame.event === 'call') {
      this.#ring(own, data, answer, refuse);
      return;
    }
    if (call === undefined) {
      refuse('call_not_found');
      return;
    }
    const other = call.caller === own ? call.callee : call.caller;
    switch (frame.event) {
      case 'accept':
        call.isActive = true;
        this.#send(other, 'accept', {
          call_id: data.call_id,
          peer_id: this.#lies('accepts in the name of a third peer') ? this.#third(call) : own,
        });
        answer();
        return;
      case 'signal':
        this.#signal(own, other, frame, answer, refuse);
        return;
      case 'established':
        call.established.add(own);
        answer();
        if (call.established.size < 2) return;
        this.#calls.delete(data.call_id);
        if (this.#lies('disturbs an established call')) {
          const hangup = { call_id: data.call_id, peer_id: own, reason: 'hangup' };
          setTimeout(() => this.#send(other, 'hangup', hangup), AFTER_TRANSIT_MS).unref();
        }
        return;
      default:
        answer();
        this.#end(data.call_id, own, frame.event === 'reject' ? 'reject' : 'hangup');
    }
  }

  #ring(own: string, { call_id, peer_id }: Frame['data'], answer: () => void, refuse: (code: string) => void): void {
    if (!this.#sockets.has(peer_id)) {
      refuse('peer_offline');
      return;
    }
    this.#calls.set(call_id, { caller: own, callee: peer_id, isActive: false, established: new Set() });
    const rung = this.#lies('rings a third peer') ? this.#third({ caller: own, callee: peer_id }) : peer_id;
    this.#send(rung, 'ring', { call_id, peer_id: own });
    if (this.#lies('rings twice')) this.#send(peer_id, 'ring', { call_id, peer_id: own });
    answer();
    setTimeout(() => this.#timeOut(call_id, peer_id, own), RING_MS).unref();
  }

  #timeOut(id: string, callee: string, caller: string): void {
    if (this.#calls.get(id)?.isActive !== false || this.#lies('lets it ring')) return;
    this.#calls.delete(id);
    this.#send(callee, 'hangup', { call_id: id, peer_id: caller, reason: 'timeout' });
    this.#send(caller, 'hangup', { call_id: id, peer_id: callee, reason: 'timeout' });
  }

  #signal(own: string, other: string, { ref, data }: Frame, ack: () => void, refuse: (code: string) => void): void {
    const { call_id, signal } = data;
    if (this.#lies('refuses every signal')) {
      refuse('undeliverable');
      return;
    }
    const to = this.#lies('delivers to a third peer') ? this.#third({ caller: own, callee: other }) : other;
    const deliver = (what = signal) => this.#send(to, 'signal', { call_id, peer_id: own, signal: what });
    if (ref === undefined && this.#lies('loses a signal')) return;
    if (ref !== undefined && this.#lies('acknowledges what it drops')) {
      ack();
      return;
    }
    if (ref !== undefined && this.#lies('refuses and delivers')) {
      refuse('unavailable');
      deliver();
      return;
    }
    if (this.#lies('makes up a signal')) deliver({ n: 1_000_000 });
    if (this.#lies('doubles a signal')) deliver();
    if (this.#held === undefined && this.#lies('reorders two signals')) {
      this.#held = deliver;
      ack();
      return;
    }
    deliver();
    ack();
    this.#held?.();
    this.#held = undefined;
  }

  #end(id: string, by: string, how: string): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (call === undefined) return;
    const other = call.caller === by ? call.callee : call.caller;
    // A side that has established the call has no such call any more.
    if (call.established.has(other)) return;
    if (call.isActive ? this.#lies('hides the end of a call') : this.#lies('lets it ring')) return;
    if (how === 'reject') this.#send(other, 'reject', { call_id: id, peer_id: by, reason: 'busy' });
    else {
      const peer_id = this.#lies('hangs up in the name of a third peer') ? this.#third(call) : by;
      this.#send(other, 'hangup', { call_id: id, peer_id, reason: how });
    }
  }

  #report(peer_id: string, status: string): void {
    for (const [watcher, contacts] of this.#watches) {
      if (contacts.has(peer_id)) this.#send(watcher, 'presence', { peers: [{ peer_id, status }] });
    }
  }

  /** A peer that is no party of the call. */
  #third({ caller, callee }: Pick<Call, 'caller' | 'callee'>): string {
    return [...this.#sockets.keys()].find((peer) => peer !== caller && peer !== callee) ?? '';
  }

  #status(peer: string): string {
    return this.#sockets.has(peer) ? 'ONLINE' : 'OFFLINE';
  }

  #send(to: string, event: string, data: object, ref?: string): void {
    this.#sockets.get(to)?.send(JSON.stringify({ event, data, ...(ref !== undefined && { ref }) }));
  }
}
