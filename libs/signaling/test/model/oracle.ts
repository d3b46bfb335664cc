import type { CallId, PeerId } from '@white-rabbit/protocol';
import type { Outcome } from '../../src/index.js';
import { readFrame } from '../recorder.js';
import { openView, type Client, type View } from './client.js';

/** Rules of the protocol that were violated. */
export class Violations {
  readonly broken: string[] = [];

  expect(holds: boolean, rule: string): void {
    if (!holds) this.broken.push(rule);
  }
}

/** The outcome of a frame, known or pending. */
export type Doing = Outcome | Promise<Outcome>;

/** Receives every frame and every outcome that a client gets, and compares both with what the client knows. */
export class Oracle {
  rings = 0;
  glares = 0;
  signals = 0;
  readonly #calls = new Map<CallId, { readonly caller: PeerId; readonly callee: PeerId }>();
  readonly #heard = new Set<string>();
  readonly #never: string[] = [];
  #pending = 0;

  constructor(
    private readonly rules: Violations,
    /** Every client that ever existed. */
    private readonly allClients: () => readonly Client[],
  ) {}

  /** Ids of all calls that any client made. */
  get callIds(): CallId[] {
    return [...this.#calls.keys()];
  }

  /** A client makes this call. */
  expectCall(id: CallId, caller: PeerId, callee: PeerId): void {
    this.#calls.set(id, { caller, callee });
  }

  /** What has this proof must never be received: its sender got the outcome that it was not delivered. */
  expectNever(proof: string): void {
    this.#never.push(proof);
  }

  /**
   * Like `watch` for a `call` or an `accept`: it is acknowledged exactly if its outcome is `ok`, and before this client
   * gets a frame of the other side that follows from it.
   */
  watchAcknowledged(
    view: View,
    act: (onOk: () => void) => Doing,
    proof: string,
    then: (outcome: Outcome) => void,
  ): void {
    let acks = 0;
    view.unacknowledged = true;
    const onOk = () => {
      acks += 1;
      view.unacknowledged = false;
    };
    this.watch(act(onOk), proof, (outcome) => {
      this.rules.expect(acks === (outcome === 'ok' ? 1 : 0), `acknowledged exactly if ok: ${proof}`);
      view.unacknowledged = false;
      then(outcome);
    });
  }

  /** `proof`: what the other client has received exactly if the outcome is `ok`. */
  watch(doing: Doing, proof: string | undefined, then: (outcome: Outcome) => void): void {
    this.#pending += 1;
    const done = (outcome: Outcome) => {
      this.#pending -= 1;
      if (proof !== undefined) this.#judge(outcome, proof);
      then(outcome);
    };
    if (typeof doing === 'string') done(doing);
    else void doing.then(done);
  }

  /** A client was sent this frame. */
  received(client: Client, text: string): void {
    const { event, data } = readFrame(text);
    const id = data['call_id'] as CallId;
    const signal = event === 'signal' ? (data['signal'] as { from: PeerId; n: number }) : undefined;
    this.#heard.add(`${event} ${client.session.id} ${id}${signal === undefined ? '' : ` ${String(signal.n)}`}`);
    if (event === 'ring') {
      this.#rung(client, id, data['peer_id'] as PeerId);
      return;
    }
    const view = client.views.get(id);
    if (view === undefined || view.over) {
      this.rules.expect(false, `${event} for a call that this client does not have`);
      return;
    }
    this.rules.expect(data['peer_id'] === view.other, `${event} of the right peer`);
    if (event === 'accept') this.#accepted(view);
    else if (signal !== undefined) this.#signaled(view, signal);
    else this.#ended(view, event, data['reason']);
  }

  /** Nothing is in transit any more. */
  finish(): void {
    this.rules.expect(this.#pending === 0, 'each frame has one outcome');
    for (const name of this.#never) this.rules.expect(!this.#heard.has(name), `refused, but received: ${name}`);
  }

  #judge(outcome: Outcome, proof: string): void {
    if (outcome === 'ok') this.rules.expect(this.#heard.has(proof), `ok without proof: ${proof}`);
    else if (outcome !== 'undeliverable' && !proof.startsWith('accept')) this.#never.push(proof);
  }

  #rung(client: Client, id: CallId, from: PeerId): void {
    const call = this.#calls.get(id);
    this.rules.expect(call?.caller === from && call.callee === client.peer, 'the right peer rings');
    this.rules.expect(!client.views.has(id), 'rings once');
    openView(client, id, 'callee', from);
    this.rings += 1;
  }

  #accepted(view: View): void {
    this.rules.expect(!view.unacknowledged, 'the ack of a call before its accept');
    this.rules.expect(view.role === 'caller' && !view.accepted, 'accept once, for the caller');
    this.rules.expect(this.#isAcceptedByOther(view), 'accept only of a callee that accepted');
    view.accepted = true;
  }

  #signaled(view: View, { from, n }: { from: PeerId; n: number }): void {
    this.rules.expect(view.accepted, 'a signal only in an active call');
    this.rules.expect(!view.unacknowledged, 'the ack of an accept before the first signal');
    this.rules.expect(from === view.other, 'a signal of the other of the call');
    this.rules.expect(n > view.lastHeard, 'signals in order, and none twice');
    view.lastHeard = n;
    this.signals += 1;
  }

  #ended(view: View, event: string, reason: unknown): void {
    const isRingingCaller = view.role === 'caller' && !view.accepted;
    this.rules.expect(event === 'hangup' || isRingingCaller, 'reject only while it rings');
    this.rules.expect(event === 'hangup' || !view.unacknowledged, 'the ack of a call before its reject');
    this.rules.expect(reason !== 'cancelled' || view.role === 'callee', 'cancelled is for callees');
    if (reason === 'glare') this.glares += 1;
    view.over = true;
  }

  #isAcceptedByOther(view: View): boolean {
    return this.allClients()
      .filter(({ peer }) => peer === view.other)
      .map(({ views }) => views.get(view.id))
      .some((other) => other !== undefined && (other.accepted || other.over));
  }
}
