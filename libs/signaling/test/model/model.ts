import type { CallId } from '@white-rabbit/protocol';
import { settled } from '../world.js';
import { SimulatedClients } from './simulated-clients.js';
import { isFit, liveViews, openView, type Client, type View } from './client.js';
import { checkKnowledge, checkPairs, checkRest } from './state-checks.js';
import { pick, type ClientAction, type Action, type Step } from './step.js';
import { Oracle, Violations, type Doing } from './oracle.js';

/**
 * Clients that perform random actions on a simulated cluster and check all they receive against what they know. Each
 * violated rule of the protocol is recorded in `broken`.
 */
export class Model {
  readonly #rules = new Violations();
  readonly #clients: SimulatedClients;
  readonly #oracle: Oracle;
  #calls = 0;

  constructor(nodes: number, peers: number) {
    this.#oracle = new Oracle(this.#rules, () => this.#clients.all);
    this.#clients = new SimulatedClients(nodes, peers, (client, text) => {
      this.#oracle.received(client, text);
    });
  }

  get broken(): readonly string[] {
    return this.#rules.broken;
  }

  /** How often the events that the rules are about occurred. */
  get seen(): Pick<Oracle, 'rings' | 'signals' | 'glares'> {
    return this.#oracle;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#do(step);
      await settled();
      checkKnowledge(this.#clients, this.#rules);
    }
  }

  /** Everything arrives, time passes, and the remaining calls must be those that both sides know of. */
  async end(lossless: boolean): Promise<void> {
    const { world } = this.#clients;
    // The messages of a node that died arrive long before the node is regarded as dead.
    await world.drain();
    this.#clients.detectDeadNodes();
    if (!lossless) await world.heal();
    checkPairs(this.#clients, this.#rules);
    for (let i = 0; i < 3; i += 1) {
      world.advance(48_000);
      await world.drain(i);
    }
    // Longer than a node that is gone for good is remembered.
    world.advance(700_000);
    await world.drain();
    checkKnowledge(this.#clients, this.#rules);
    this.#oracle.finish();
    checkRest(this.#clients, this.#rules);
  }

  #do({ what, a, b, c }: Step): void {
    const { world } = this.#clients;
    const client = pick(this.#ableTo(what), a);
    switch (what) {
      case 'arrive':
        world.step(a);
        return;
      case 'lose':
        world.step(a, 'lose');
        return;
      case 'giveUp':
        world.giveUp(a);
        return;
      case 'wait':
        world.advance([100, 1_000, 20_000, 46_000][b % 4] ?? 0);
        return;
      case 'kill':
        this.#clients.kill(a, b);
        return;
      case 'suspect':
        this.#clients.suspect(a, b);
        return;
      case 'back':
        this.#clients.believe(a, b);
        return;
      case 'outwait':
        world.outwait(a);
        return;
      case 'cutOff':
      case 'reconnected':
        world.cutOff(world.node(a), what === 'cutOff');
        return;
      case 'reconnect':
        if (client !== undefined && b % 3 === 0) this.#clients.reconnect(client, b, c);
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

  #act(client: Client, what: ClientAction, b: number, c: number): void {
    if (what === 'call') this.#call(client, b, c);
    else if (what === 'intrude') this.#intrude(client, b, c);
    else {
      const fit = liveViews(client).filter((one) => isFit(one, what, c));
      const view = pick(fit, b);
      if (view !== undefined) this.#actOn(client, view, what, c);
    }
  }

  #actOn(client: Client, view: View, what: Exclude<ClientAction, 'call' | 'intrude'>, c: number): void {
    const { calls } = client.node;
    switch (what) {
      case 'accept':
        this.#accept(client, view);
        return;
      case 'signal':
        this.#signal(client, view);
        return;
      case 'reject':
        this.#leave(view, calls.reject(client.session, view.id, 'busy'));
        return;
      case 'hangup':
        this.#leave(view, calls.hangup(client.session, view.id));
        return;
      case 'established':
        this.#establish(client, view);
        return;
      case 'again':
        this.#again(client, view, c);
    }
  }

  /** The clients that have a suitable call, so that most runs make progress. */
  #ableTo(what: Action): Client[] {
    if (what !== 'accept' && what !== 'signal') return this.#clients.open;
    return this.#clients.open.filter((client) => liveViews(client).some((view) => isFit(view, what, 0)));
  }

  #call(client: Client, b: number, c: number): void {
    const callee = this.#clients.otherClient(client, b);
    if (callee === undefined) return;
    // The first letter is random, so it is random which of two crossing calls wins.
    const id = `${'abcdefgh'[c % 8] ?? ''}-call-${String((this.#calls += 1))}` as CallId;
    this.#oracle.expectCall(id, client.peer, callee.peer);
    const view = openView(client, id, 'caller', callee.peer);
    const call = (onOk: () => void) => ring(client, id, callee, onOk);
    this.#oracle.watchAcknowledged(view, call, `ring ${callee.session.id} ${id}`, (outcome) => {
      if (outcome !== 'ok') view.over = true;
    });
  }

  #accept(client: Client, view: View): void {
    if (view.accepted) {
      this.#rules.expect(client.node.calls.accept(client.session, view.id) === 'call_not_active', 'accepted twice');
      return;
    }
    view.accepted = true;
    // If an earlier accept may have arrived, the caller may have received it whatever the outcome of this one.
    const { unsure } = view;
    const proof = `accept ${otherOf(client, view)} ${view.id}`;
    const accept = (onOk: () => void) => client.node.calls.accept(client.session, view.id, onOk);
    this.#oracle.watchAcknowledged(view, accept, proof, (outcome) => {
      if (outcome === 'undeliverable') view.accepted = !(view.unsure = true);
      else if (outcome === 'unavailable') view.accepted = false;
      else if (outcome !== 'ok') view.over = true;
      if (outcome === 'call_not_found' && !unsure) this.#oracle.expectNever(proof);
    });
  }

  #signal(client: Client, view: View): void {
    const doing = () =>
      client.node.calls.signal(client.session, view.id, JSON.stringify({ from: client.peer, n: view.sent }));
    const other = otherOf(client, view);
    if (!view.accepted) {
      this.#rules.expect(doing() === 'call_not_active', 'a signal of a ringing call');
      return;
    }
    view.sent += 1;
    this.#oracle.watch(doing(), `signal ${other} ${view.id} ${String(view.sent)}`, () => undefined);
  }

  #leave(view: View, doing: Doing): void {
    if (doing === 'call_not_active') return;
    view.over = true;
    this.#oracle.watch(doing, undefined, (outcome) => {
      const other = this.#clients.all.find(({ peer, views }) => peer === view.other && views.has(view.id));
      const known = other?.views.get(view.id);
      if (outcome === 'ok') this.#rules.expect(known?.over === true, 'the other side knows that the call is over');
    });
  }

  #establish(client: Client, view: View): void {
    const outcome = client.node.calls.established(client.session, view.id);
    this.#rules.expect(outcome === (view.accepted ? 'ok' : 'call_not_active'), 'established only what is active');
    if (outcome === 'ok') view.over = view.established = true;
  }

  /** Calls again with the id of its own call. */
  #again(client: Client, view: View, c: number): void {
    const other = this.#clients.otherClient(client, c);
    if (other === undefined) return;
    this.#rules.expect(ring(client, view.id, other) === 'call_exists', 'a call_id in use');
  }

  /** Acts on a call of other clients, or on one of its own that is over. */
  #intrude({ session, node: { calls }, views }: Client, b: number, c: number): void {
    const id = pick(this.#oracle.callIds, c);
    if (id === undefined || views.get(id)?.over === false) return;
    const tries = [
      () => calls.accept(session, id),
      () => calls.reject(session, id, 'declined'),
      () => calls.hangup(session, id),
      () => calls.established(session, id),
      () => calls.signal(session, id, '{"n":0}'),
    ];
    this.#rules.expect(pick(tries, b)?.() === 'call_not_found', 'a call of others');
  }
}

function ring(client: Client, call_id: CallId, callee: Client, onOk?: () => void): Doing {
  const route = { node: callee.node.id, session: callee.session.id };
  return client.node.calls.ring(client.session, { peer_id: callee.peer, call_id }, route, onOk);
}

/** The session at the other end, as the client's gateway stores it. */
function otherOf(client: Client, view: View): string {
  return client.session.calls?.get(view.id)?.other.session ?? '';
}
