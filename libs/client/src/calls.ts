import { Call, type CallEnd, type CallPort } from './call.js';
import { readIceServers, type ServerFrame } from './frame.js';
import { randomName } from './identity.js';
import type { ResumableCalls } from './resumable-calls.js';
import { WIRE } from './wire.js';

/** A server allows 16 calls per session (docs/protocol.md, section 5). A ring of a hostile one above this is ignored. */
const MAX_CALLS = 64;

/** An outgoing call without an answer, and the state of a simultaneous call from its callee. */
interface Outgoing {
  readonly call: Call;
  /** The id of the callee's own call to this side. If it arrives second, the application does not see it yet. */
  rival: string | undefined;
  /** The server continues the callee's call, and its ring has not arrived yet. */
  lost: boolean;
}

/** The calls of one client. Routes frames to calls, and resolves glare as the server decides. */
export class Calls {
  readonly #port: CallPort;
  readonly #resumable: ResumableCalls;
  readonly #onRing: (call: Call) => void;
  readonly #calls = new Map<string, Call>();
  readonly #outgoing = new Map<string, Outgoing>();

  /** @param onRing receives every incoming call that resumes no connection of this client. */
  constructor(port: CallPort, resumable: ResumableCalls, onRing: (call: Call) => void) {
    this.#port = port;
    this.#resumable = resumable;
    this.#onRing = onRing;
  }

  /** Starts an outgoing call. @param resumes the earlier call whose connection it restores. */
  start(peerId: string, resumes?: string): Call {
    const rival = this.#ringingFrom(peerId, resumes);
    const call = this.#add(peerId, randomName('call'), 'caller', resumes);
    const outgoing: Outgoing = { call, rival, lost: false };
    this.#outgoing.set(call.id, outgoing);
    void call.answered.then((answer) => this.#onAnswered(outgoing, answer));
    void this.#ring(outgoing);
    return call;
  }

  /** Handles the frames that concern calls and ignores all others. */
  onFrame(frame: ServerFrame): void {
    if (frame.event === 'ring') this.#onRingFrame(frame.data);
    else if (frame.event === 'accept') this.#onAccept(frame.data);
    else if (frame.event === 'reject') this.#calls.get(frame.data.call_id)?.end(frame.data.reason);
    else if (frame.event === 'signal') this.#calls.get(frame.data.call_id)?.take(frame.data.signal);
    else if (frame.event === 'hangup') this.#onHangup(frame.data);
  }

  /** Ends all calls after the connection to the server was lost. */
  lose(): void {
    for (const call of [...this.#calls.values()]) call.end('disconnected');
  }

  async #ring(outgoing: Outgoing): Promise<void> {
    const { call } = outgoing;
    const { id } = call;
    const resumes = call.resumes === undefined ? {} : { resumes: call.resumes };
    const outcome = await this.#port.request('call', { peer_id: call.peerId, call_id: id, ...resumes });
    // The call lost a glare meanwhile: this outcome belongs to a call that has ended.
    if (outgoing.lost || call.id !== id) return;
    if (outcome.ok) call.ring();
    else if (outcome.code === 'no_answer') call.giveUp('no_answer');
    else call.end(outcome.code);
  }

  #onAccept({ call_id, ice_servers }: ServerFrame<'accept'>['data']): void {
    this.#calls.get(call_id)?.activate(readIceServers(ice_servers));
  }

  #onRingFrame({ call_id, peer_id, resumes }: ServerFrame<'ring'>['data']): void {
    if (this.#calls.has(call_id) || this.#calls.size >= MAX_CALLS) return;
    const isRival = ({ call }: Outgoing) => call.peerId === peer_id && call.resumes === resumes;
    const outgoing = [...this.#outgoing.values()].find(isRival);
    if (!outgoing) {
      this.#offer(this.#add(peer_id, call_id, 'callee', resumes));
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

  /** The other peer's call continues: accept it as soon as its ring arrives. */
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
    // If the rival rang before this side called, `call` represents it from now on.
    this.#calls.get(rival)?.end('glare');
    call.become(rival);
    this.#calls.set(rival, call);
    void call.accept();
  }

  /** An answer ends the glare: a rival that still rings becomes a normal incoming call. */
  #onAnswered({ call, rival }: Outgoing, answer: 'accepted' | CallEnd): void {
    const waiting = this.#outgoing.delete(call.id);
    const isUnseen = rival !== undefined && !this.#calls.has(rival);
    if (waiting && isUnseen && answer !== 'accepted' && answer !== 'disconnected') {
      this.#offer(this.#add(call.peerId, rival, 'callee', call.resumes));
    }
  }

  /** An incoming call goes to the connection that it resumes, otherwise to the application. */
  #offer(call: Call): void {
    const taken = call.resumes !== undefined && this.#resumable.take(call, call.resumes);
    if (!taken) this.#onRing(call);
  }

  #add(peerId: string, id: string, role: 'caller' | 'callee', resumes: string | undefined): Call {
    const call = new Call(this.#port, peerId, id, role, resumes);
    this.#calls.set(id, call);
    void call.ended.then(() => {
      if (this.#calls.get(call.id) === call) this.#calls.delete(call.id);
    });
    return call;
  }

  /** The id of a call of that peer that rings here. */
  #ringingFrom(peerId: string, resumes: string | undefined): string | undefined {
    const isRinging = (call: Call) => call.role === 'callee' && call.state === 'ringing';
    const calls = [...this.#calls.values()].filter((call) => call.peerId === peerId && call.resumes === resumes);
    return calls.find(isRinging)?.id;
  }
}
