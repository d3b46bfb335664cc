import type { CallEnd } from './call-end.js';
import { Call, type CallPort } from './call.js';
import type { ServerFrame } from './frame.js';
import { readIceServers } from './ice-server.js';
import { randomName } from './random-name.js';
import { WIRE } from './wire.js';

/** A call of this side that is not answered yet, and what is known of a call of its callee at the same moment. */
interface Outgoing {
  readonly call: Call;
  /** The callee's own call to this side, should there be one. Where it comes second it is shown to nobody for now. */
  rival: string | undefined;
  /** The server let the callee's call go on, and its ring has not come yet. */
  lost: boolean;
}

/** The calls of one client: hands each its frames, and follows the server where two peers call each other. */
export class Calls {
  readonly #port: CallPort;
  readonly #onRing: (call: Call) => void;
  // Bounded by the server: 16 calls a session (PROTOCOL.md, section 5).
  readonly #calls = new Map<string, Call>();
  readonly #outgoing = new Map<string, Outgoing>();

  /** @param onRing given every call that rings here. */
  constructor(port: CallPort, onRing: (call: Call) => void) {
    this.#port = port;
    this.#onRing = onRing;
  }

  /** Calls a peer. */
  start(peerId: string): Call {
    const call = this.#add(peerId, randomName('call'), 'caller');
    const outgoing: Outgoing = { call, rival: this.#ringingFrom(peerId), lost: false };
    this.#outgoing.set(call.id, outgoing);
    void call.answered.then((answer) => this.#onAnswered(outgoing, answer));
    void this.#ring(outgoing);
    return call;
  }

  /** Takes the frames that concern calls; others are none of its business. */
  onFrame(frame: ServerFrame): void {
    if (frame.event === 'ring') this.#onRingFrame(frame.data);
    else if (frame.event === 'accept') this.#onAccept(frame.data);
    else if (frame.event === 'reject') this.#calls.get(frame.data.call_id)?.end(frame.data.reason);
    else if (frame.event === 'signal') this.#calls.get(frame.data.call_id)?.take(frame.data.signal);
    else if (frame.event === 'hangup') this.#onHangup(frame.data);
  }

  /** The connection is gone, and with it the server's part in every call. */
  lose(): void {
    for (const call of [...this.#calls.values()]) call.end('disconnected');
  }

  async #ring(outgoing: Outgoing): Promise<void> {
    const { call } = outgoing;
    const { id } = call;
    const outcome = await this.#port.ask('call', { peer_id: call.peerId, call_id: id });
    // Lost in glare: this was the answer for a call that is no more.
    if (outgoing.lost || call.id !== id) return;
    if (outcome.ok) call.ring();
    else if (outcome.code === 'no_answer') call.giveUp('no_answer');
    else call.end(outcome.code);
  }

  #onAccept({ call_id, ice_servers }: ServerFrame<'accept'>['data']): void {
    this.#calls.get(call_id)?.activate(readIceServers(ice_servers));
  }

  #onRingFrame({ call_id, peer_id }: ServerFrame<'ring'>['data']): void {
    const outgoing = [...this.#outgoing.values()].find(({ call }) => call.peerId === peer_id);
    if (!outgoing) {
      this.#onRing(this.#add(peer_id, call_id, 'callee'));
      return;
    }
    outgoing.rival = call_id;
    if (outgoing.lost) this.#yield(outgoing, call_id);
  }

  #onHangup({ call_id, reason }: ServerFrame<'hangup'>['data']): void {
    const outgoing = this.#outgoing.get(call_id);
    if (outgoing && reason === 'glare') this.#onGlareLost(outgoing);
    else this.#calls.get(call_id)?.end(reason);
    for (const other of this.#outgoing.values()) if (other.rival === call_id) other.rival = undefined;
  }

  /** The other's call goes on: take it as soon as its ring is here, for this side wanted to talk as well. */
  #onGlareLost(outgoing: Outgoing): void {
    outgoing.lost = true;
    if (outgoing.rival !== undefined) {
      this.#yield(outgoing, outgoing.rival);
      return;
    }
    const timer = setTimeout(() => this.#endWithoutRival(outgoing), WIRE.outcomeMs);
    void outgoing.call.answered.then(() => clearTimeout(timer));
  }

  #endWithoutRival({ call, rival }: Outgoing): void {
    if (rival === undefined) call.end('glare');
  }

  #yield(outgoing: Outgoing, rival: string): void {
    const { call } = outgoing;
    this.#outgoing.delete(call.id);
    this.#calls.delete(call.id);
    // Where it rang here before this side called, `call` stands for it from now on.
    this.#calls.get(rival)?.end('glare');
    call.become(rival);
    this.#calls.set(rival, call);
    void call.accept();
  }

  /** An answer ends the glare: what rang meanwhile and still does is a call like any other. */
  #onAnswered({ call, rival }: Outgoing, answer: 'accepted' | CallEnd): void {
    const waiting = this.#outgoing.delete(call.id);
    const isUnseen = rival !== undefined && !this.#calls.has(rival);
    if (waiting && isUnseen && answer !== 'accepted' && answer !== 'disconnected') {
      this.#onRing(this.#add(call.peerId, rival, 'callee'));
    }
  }

  #add(peerId: string, id: string, role: 'caller' | 'callee'): Call {
    const call = new Call(this.#port, peerId, id, role);
    this.#calls.set(id, call);
    void call.ended.then(() => {
      if (this.#calls.get(call.id) === call) this.#calls.delete(call.id);
    });
    return call;
  }

  /** A call of that peer that rings here, and is not taken yet. */
  #ringingFrom(peerId: string): string | undefined {
    const isIt = (call: Call) => call.peerId === peerId && call.role === 'callee' && call.state === 'ringing';
    return [...this.#calls.values()].find(isIt)?.id;
  }
}
