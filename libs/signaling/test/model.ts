import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import { Session, type Outcome } from '../src/index.js';
import { readFrame } from './recorder.js';
import { settled, World, type SimNode } from './world.js';

/** What may happen while nothing is lost, and how often: mostly what carries on a call. */
export const LOSSLESS = {
  call: 2,
  accept: 3,
  signal: 5,
  arrive: 10,
  reject: 1,
  hangup: 1,
  established: 1,
  wait: 1,
  reconnect: 1,
  again: 1,
  intrude: 1,
};

/** What else may happen. */
export const LOSSES = { lose: 1, giveUp: 2, kill: 1, suspect: 1 };

/** A kind of the above. */
export type Happening = keyof typeof LOSSLESS | keyof typeof LOSSES;

/** One random thing that happens; `a`, `b`, `c` pick who and what it happens to. */
export interface Step {
  readonly what: Happening;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What one client knows of one call: from what it was told and what it did. */
interface View {
  readonly id: CallId;
  readonly role: 'caller' | 'callee';
  readonly other: PeerId;
  /** The caller has the accept, or the callee gave it. */
  accepted: boolean;
  over: boolean;
  established: boolean;
  /** An accept of it has no known outcome. */
  unsure: boolean;
  sent: number;
  lastHeard: number;
}

interface Client {
  readonly peer: PeerId;
  readonly session: Session;
  readonly node: SimNode;
  readonly views: Map<CallId, View>;
}

type Doing = Outcome | Promise<Outcome>;

/** Whether the view is one to do that with; one time in eight any is. */
function isFit(view: View, what: Happening, chance: number): boolean {
  if (chance % 8 === 7 && what === 'signal') return true;
  if (what === 'accept') return view.role === 'callee' && (!view.accepted || chance % 8 === 7);
  return what !== 'signal' || view.accepted;
}

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];

/**
 * Clients that do random things on a simulated cluster and check all they see against what they know. A rule of the
 * protocol that does not hold is written down in `broken`.
 */
export class Model {
  readonly broken: string[] = [];
  readonly world: World;
  /** The newest session of each peer, and all there ever were. */
  readonly #current = new Map<PeerId, Client>();
  readonly #all = new Map<SessionId, Client>();
  readonly #calls = new Map<CallId, { readonly caller: PeerId; readonly callee: PeerId }>();
  readonly #heard = new Set<string>();
  readonly #never: string[] = [];
  #pending = 0;
  #names = 0;
  rings = 0;
  glares = 0;
  signals = 0;

  constructor(
    nodes: number,
    readonly peers: number,
  ) {
    this.world = new World(nodes);
    for (let i = 0; i < peers; i += 1) this.#register(`peer-000${String(i)}` as PeerId, this.world.node(i));
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#do(step);
      await settled();
      this.#compare();
    }
  }

  /** Everything arrives, time passes, and what is left must be what both sides know of. */
  async end(lossless: boolean): Promise<void> {
    for (const dead of this.world.nodes.filter(({ alive }) => !alive)) {
      for (const node of this.#alive()) node.calls.nodeLost(dead.id);
    }
    await this.world.drain();
    if (lossless) for (const client of this.#open()) this.#checkPaired(client);
    for (let i = 0; i < 3; i += 1) {
      this.world.advance(48_000);
      await this.world.drain(i);
    }
    this.#compare();
    this.#expect(this.#pending === 0, 'each frame has one outcome');
    for (const name of this.#never) this.#expect(!this.#heard.has(name), `refused and yet told: ${name}`);
    for (const client of this.#open()) this.#checkLeft(client);
    for (const node of this.#alive()) this.#checkTalks(node);
  }

  #do({ what, a, b, c }: Step): void {
    const client = pick(this.#ableTo(what), a);
    switch (what) {
      case 'arrive':
        this.world.step(a);
        return;
      case 'lose':
        this.world.step(a, 'lose');
        return;
      case 'giveUp':
        this.world.giveUp(a);
        return;
      case 'wait':
        this.world.advance([100, 1_000, 20_000, 46_000][b % 4] ?? 0);
        return;
      case 'kill':
        this.#kill(a, b);
        return;
      case 'suspect':
        pick(this.#alive(), a)?.calls.nodeLost(this.world.node(b).id);
        return;
      case 'reconnect':
        if (client !== undefined && b % 3 === 0) this.#reconnect(client, b, c);
        return;
      case 'call':
      case 'accept':
      case 'signal':
      case 'reject':
      case 'hangup':
      case 'established':
      case 'again':
      case 'intrude':
        if (client !== undefined) this.#act(client, what, b, c);
    }
  }

  #act(
    client: Client,
    what: Exclude<Happening, 'arrive' | 'lose' | 'giveUp' | 'wait' | 'kill' | 'suspect' | 'reconnect'>,
    b: number,
    c: number,
  ): void {
    const { calls } = client.node;
    const live = [...client.views.values()].filter(({ over }) => !over);
    const fit = live.filter((one) => isFit(one, what, c));
    const view = pick(fit, b);
    if (what === 'call') this.#call(client, b, c);
    else if (what === 'intrude') this.#intrude(client, b, c);
    else if (view === undefined) return;
    else if (what === 'accept') this.#accept(client, view);
    else if (what === 'signal') this.#signal(client, view);
    else if (what === 'reject') this.#leave(view, calls.reject(client.session, view.id, 'busy'));
    else if (what === 'hangup') this.#leave(view, calls.hangup(client.session, view.id));
    else if (what === 'established') this.#establish(client, view);
    else this.#again(client, view, c);
  }

  /** Those who have a call to do it with, so that most runs get somewhere. */
  #ableTo(what: Happening): Client[] {
    if (what !== 'accept' && what !== 'signal') return this.#open();
    return this.#open().filter(({ views }) => [...views.values()].some((view) => !view.over && isFit(view, what, 0)));
  }

  #call(client: Client, b: number, c: number): void {
    const callee = pick(
      [...this.#current.values()].filter(({ peer }) => peer !== client.peer),
      b,
    );
    if (callee === undefined) return;
    // The first letter is random: which of two crossing calls goes on is.
    const id = `${'abcdefgh'[c % 8] ?? ''}-call-${String((this.#names += 1))}` as CallId;
    this.#calls.set(id, { caller: client.peer, callee: callee.peer });
    const view = this.#view(client, id, 'caller', callee.peer);
    const request = { peer_id: callee.peer, call_id: id };
    const doing = client.node.calls.ring(client.session, request, { node: callee.node.id, session: callee.session.id });
    const ring = `ring ${callee.session.id} ${id}`;
    this.#watch(doing, ring, (outcome) => {
      if (outcome !== 'ok') view.over = true;
    });
  }

  #accept(client: Client, view: View): void {
    if (view.accepted) {
      this.#expect(client.node.calls.accept(client.session, view.id) === 'call_not_active', 'accepted twice');
      return;
    }
    view.accepted = true;
    // Where an earlier accept may have arrived, the caller may have heard it whatever becomes of this one.
    const { unsure } = view;
    const proof = `accept ${this.#otherOf(client, view)} ${view.id}`;
    this.#watch(client.node.calls.accept(client.session, view.id), proof, (outcome) => {
      if (outcome === 'undeliverable') view.accepted = !(view.unsure = true);
      else if (outcome !== 'ok') view.over = true;
      if (outcome === 'call_not_found' && !unsure) this.#never.push(proof);
    });
  }

  #signal(client: Client, view: View): void {
    const doing = () =>
      client.node.calls.signal(client.session, view.id, JSON.stringify({ from: client.peer, n: view.sent }));
    const other = this.#otherOf(client, view);
    if (!view.accepted) {
      this.#expect(doing() === 'call_not_active', 'a signal of a ringing call');
      return;
    }
    view.sent += 1;
    this.#watch(doing(), `signal ${other} ${view.id} ${String(view.sent)}`, () => undefined);
  }

  #leave(view: View, doing: Doing): void {
    if (doing === 'call_not_active') return;
    view.over = true;
    this.#watch(doing, undefined, (outcome) => {
      const other = [...this.#all.values()].find(({ peer, views }) => peer === view.other && views.has(view.id));
      const known = other?.views.get(view.id);
      if (outcome === 'ok') this.#expect(known?.over === true, 'the other side knows that the call is over');
    });
  }

  #establish(client: Client, view: View): void {
    const outcome = client.node.calls.established(client.session, view.id);
    this.#expect(outcome === (view.accepted ? 'ok' : 'call_not_active'), 'established only what is active');
    if (outcome === 'ok') view.over = view.established = true;
  }

  /** Its own call once more. */
  #again(client: Client, view: View, c: number): void {
    const other = pick(
      [...this.#current.values()].filter(({ peer }) => peer !== client.peer),
      c,
    );
    if (other === undefined) return;
    const request = { peer_id: other.peer, call_id: view.id };
    const route = { node: other.node.id, session: other.session.id };
    this.#expect(client.node.calls.ring(client.session, request, route) === 'call_exists', 'a call_id in use');
  }

  /** Meddles in a call of others, or in one of its own that is over. */
  #intrude({ session, node: { calls }, views }: Client, b: number, c: number): void {
    const id = pick([...this.#calls.keys()], c);
    if (id === undefined || views.get(id)?.over === false) return;
    const tries = [
      () => calls.accept(session, id),
      () => calls.reject(session, id, 'declined'),
      () => calls.hangup(session, id),
      () => calls.established(session, id),
      () => calls.signal(session, id, '{"n":0}'),
    ];
    this.#expect(pick(tries, b)?.() === 'call_not_found', 'a call of others');
  }

  #told(client: Client, text: string): void {
    const { event, data } = readFrame(text);
    const id = data['call_id'] as CallId;
    this.#heard.add(
      `${event} ${client.session.id} ${id}${event === 'signal' ? ` ${String((data['signal'] as { n: number }).n)}` : ''}`,
    );
    if (event === 'ring') {
      this.#rung(client, id, data['peer_id'] as PeerId);
      return;
    }
    const view = client.views.get(id);
    if (view === undefined || view.over) {
      this.#expect(false, `${event} for a call that this client does not have`);
      return;
    }
    this.#expect(data['peer_id'] === view.other, `${event} of the right peer`);
    if (event === 'accept') {
      this.#expect(view.role === 'caller' && !view.accepted, 'accept once, for the caller');
      this.#expect(this.#accepter(view) !== undefined, 'accept only of a callee that accepted');
      view.accepted = true;
    } else if (event === 'signal') {
      this.#signalled(view, data['signal'] as { from: PeerId; n: number });
    } else {
      this.#expect(event === 'hangup' || (view.role === 'caller' && !view.accepted), 'reject only while it rings');
      this.#expect(data['reason'] !== 'cancelled' || view.role === 'callee', 'cancelled is for callees');
      if (data['reason'] === 'glare') this.glares += 1;
      view.over = true;
    }
  }

  #rung(client: Client, id: CallId, from: PeerId): void {
    const call = this.#calls.get(id);
    this.#expect(call?.caller === from && call.callee === client.peer, 'the right peer rings');
    this.#expect(!client.views.has(id), 'rings once');
    this.#view(client, id, 'callee', from);
    this.rings += 1;
  }

  #signalled(view: View, { from, n }: { from: PeerId; n: number }): void {
    this.#expect(view.accepted, 'a signal only in an active call');
    this.#expect(from === view.other, 'a signal of the other of the call');
    this.#expect(n > view.lastHeard, 'signals in order, and none twice');
    view.lastHeard = n;
    this.signals += 1;
  }

  /** `proof`: what the other client has heard exactly when the outcome is `ok`. */
  #watch(doing: Doing, proof: string | undefined, then: (outcome: Outcome) => void): void {
    this.#pending += 1;
    const done = (outcome: Outcome) => {
      this.#pending -= 1;
      if (proof !== undefined && outcome === 'ok') this.#expect(this.#heard.has(proof), `ok without proof: ${proof}`);
      if (proof?.startsWith('accept') === false && outcome !== 'ok' && outcome !== 'undeliverable')
        this.#never.push(proof);
      then(outcome);
    };
    if (typeof doing === 'string') done(doing);
    else void doing.then(done);
  }

  /** What the clients know and what their gateways hold is the same. */
  #compare(): void {
    for (const { session, views } of this.#open()) {
      for (const view of views.values()) {
        const half = session.calls?.get(view.id);
        this.#expect((half === undefined) === view.over, `client and gateway agree whether a call is over`);
        if (half !== undefined)
          this.#expect((half.state !== 'ringing') === view.accepted, 'client and gateway agree on the state');
      }
      this.#expect((session.calls?.size ?? 0) <= views.size, 'no half that its client does not know');
    }
  }

  /** Once everything has arrived, also while it still rings: nobody waits for a call that the other end has not. */
  #checkPaired(client: Client): void {
    for (const half of client.session.calls?.values() ?? []) {
      const other = this.#all.get(half.other.session);
      const there = other?.session.calls?.has(half.id) === true || other?.views.get(half.id)?.established === true;
      this.#expect(there, 'a call that goes on does so at both ends');
    }
  }

  #checkLeft(client: Client): void {
    for (const half of client.session.calls?.values() ?? []) {
      this.#expect(half.state === 'active', `every ring ends, but one is ${half.state}`);
    }
  }

  #checkTalks(node: SimNode): void {
    for (const [other, count] of node.talks) {
      const halves = node.halves().filter((half) => half.other.node === other).length;
      this.#expect(count === halves, 'the nodes talked to are counted');
    }
  }

  #register(peer: PeerId, node: SimNode): void {
    const id = `session-${String((this.#names += 1))}` as SessionId;
    const session = new Session(id, peer, 'license', {
      send: (text) => {
        this.#told(client, text);
      },
      close: () => undefined,
    });
    const client: Client = { peer, session, node, views: new Map() };
    const displaced = node.hub.add(session);
    this.#current.set(peer, client);
    this.#all.set(id, client);
    if (displaced !== undefined) node.calls.closed(displaced);
  }

  /** Drops the connection and comes back, on some node; or comes back first and the old connection goes later. */
  #reconnect(client: Client, b: number, c: number): void {
    const node = pick(this.#alive(), c);
    if (node === undefined) return;
    const isCurrent = this.#current.get(client.peer) === client;
    if (isCurrent && b % 2 === 0) this.#register(client.peer, node);
    else {
      this.world.disconnect(client.node, client.session);
      if (isCurrent) this.#register(client.peer, node);
    }
  }

  /** A node dies, unless it is the last. Its peers come back elsewhere. */
  #kill(a: number, b: number): void {
    if (this.#alive().length < 2 || b % 4 !== 0) return;
    const node = pick(this.#alive(), a);
    if (node === undefined) return;
    this.world.kill(node);
    for (const [peer, client] of this.#current) {
      const next = pick(this.#alive(), b);
      if (client.node === node && next !== undefined) this.#register(peer, next);
    }
  }

  #view(client: Client, id: CallId, role: View['role'], other: PeerId): View {
    const view = {
      id,
      role,
      other,
      accepted: false,
      over: false,
      established: false,
      unsure: false,
      sent: 0,
      lastHeard: 0,
    };
    client.views.set(id, view);
    return view;
  }

  #otherOf(client: Client, view: View): string {
    return client.session.calls?.get(view.id)?.other.session ?? '';
  }

  #accepter(view: View): View | undefined {
    return [...this.#all.values()]
      .filter(({ peer }) => peer === view.other)
      .map(({ views }) => views.get(view.id))
      .find((other) => other !== undefined && (other.accepted || other.over));
  }

  #open(): Client[] {
    return [...this.#all.values()].filter(({ session, node }) => !session.closed && node.alive);
  }

  #alive(): SimNode[] {
    return this.world.nodes.filter(({ alive }) => alive);
  }

  #expect(holds: boolean, rule: string): void {
    if (!holds) this.broken.push(rule);
  }
}
