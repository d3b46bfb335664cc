import type { SimNode } from '../world.js';
import type { SimulatedClients } from './simulated-clients.js';
import type { Client } from './client.js';
import type { Violations } from './oracle.js';

/** At any moment: what the clients know and what their gateways store is the same. */
export function checkKnowledge(clients: SimulatedClients, rules: Violations): void {
  for (const { session, views } of clients.open) {
    for (const view of views.values()) {
      const leg = session.calls?.get(view.id);
      rules.expect((leg === undefined) === view.over, 'client and gateway agree whether a call is over');
      if (leg === undefined) continue;
      rules.expect((leg.state !== 'ringing') === view.accepted, 'client and gateway agree on the state');
    }
    rules.expect((session.calls?.size ?? 0) <= views.size, 'no leg that its client does not know');
  }
}

/**
 * Once everything has arrived, even while calls still ring: no client waits for a call that the other end does not
 * have.
 */
export function checkPairs(clients: SimulatedClients, rules: Violations): void {
  for (const client of clients.open) {
    for (const leg of client.session.calls?.values() ?? []) {
      const other = clients.of(leg.other.session);
      const there = other?.session.calls?.has(leg.id) === true || other?.views.get(leg.id)?.established === true;
      rules.expect(there, 'a call that goes on does so at both ends');
    }
  }
}

/** Once time has passed: nothing rings any more, and the nodes count the nodes they have calls with correctly. */
export function checkRest(clients: SimulatedClients, rules: Violations): void {
  for (const client of clients.open) checkNothingRings(client, rules);
  for (const node of clients.aliveNodes) checkTalks(node, rules);
}

function checkNothingRings(client: Client, rules: Violations): void {
  for (const leg of client.session.calls?.values() ?? []) {
    rules.expect(leg.state === 'active', `every ring ends, but one is ${leg.state}`);
  }
}

function checkTalks(node: SimNode, rules: Violations): void {
  for (const [other, count] of node.talks) {
    const legs = node.legs().filter((leg) => leg.other.node === other).length;
    rules.expect(count === legs, 'the nodes talked to are counted');
  }
  rules.expect(node.calls.pendingEnds === 0, 'no end is kept for ever');
}
