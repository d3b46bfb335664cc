import type { Registration } from '@white-rabbit/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Oracle } from '../oracle/oracle.js';
import type { Random } from './random.js';
import { SimulatedClient } from './simulated-client.js';
import type { Endpoint, World } from './world.js';

/** Contacts of each client. */
const CONTACTS = 10;
/** Clients that connect in one step, and the time between two steps. */
const STEP = 20;
const STEP_MS = 100;

/** How to create the clients of a test. */
export interface ClientsOptions {
  /** Identities without contacts. */
  readonly identities: readonly Registration[];
  readonly oracle: Oracle;
  readonly random: Random;
  /** Number of the gateway that a client prefers. */
  readonly gatewayOf: (index: number) => number;
  /** All gateways that accept clients now. */
  readonly endpoints: () => readonly Endpoint[];
}

/** The simulated clients of a test: each watches ten others, some of them at other gateways. */
export class SimulatedClients {
  readonly all: readonly SimulatedClient[];
  /** How often connections ended with each close code or HTTP status. */
  readonly closes = new Map<number, number>();
  readonly #byPeer: ReadonlyMap<string, SimulatedClient>;
  readonly #random: Random;

  constructor({ identities, oracle, random, gatewayOf, endpoints }: ClientsOptions) {
    this.#random = random;
    const world: World = {
      oracle,
      endpoint: (preferred, own) => {
        const open = endpoints();
        return open.find(({ gateway }) => gateway === preferred) ?? own.pick(open);
      },
      closed: (code) => this.closes.set(code, (this.closes.get(code) ?? 0) + 1),
    };
    const contacts = contactsOf(
      identities.map(({ peer_id }) => peer_id),
      random,
    );
    this.all = identities.map((identity, index) => {
      const whole = { ...identity, contacts: contacts[index] ?? [] };
      return new SimulatedClient(whole, world, { gateway: gatewayOf(index), random: random.fork() });
    });
    this.#byPeer = new Map(this.all.map((client) => [client.peer, client]));
  }

  /** The client with that id. */
  of(peer: string): SimulatedClient | undefined {
    return this.#byPeer.get(peer);
  }

  /** Clients with a registered session. */
  get online(): readonly SimulatedClient[] {
    return this.all.filter(({ isRegistered }) => isRegistered);
  }

  /** Clients that are or want to be online. */
  get staying(): readonly SimulatedClient[] {
    return this.all.filter(({ reconnects }) => reconnects);
  }

  at(gateway: number): readonly SimulatedClient[] {
    return this.online.filter((client) => client.gateway === gateway);
  }

  /** Some of the clients, at random. */
  some(count: number, from: readonly SimulatedClient[] = this.online): readonly SimulatedClient[] {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () => {
      return left.splice(this.#random.below(left.length), 1);
    }).flat();
  }

  /** Connects all, a few at a time. */
  async connect(): Promise<void> {
    for (const [index, client] of this.all.entries()) {
      client.connect();
      if (index % STEP === STEP - 1) await sleep(STEP_MS);
    }
  }

  /** Disconnects all for good. */
  leave(): void {
    for (const client of this.all) client.leave();
  }
}

/** Each watches its next neighbors and others at random, never itself. */
function contactsOf(peers: readonly string[], random: Random): readonly (readonly string[])[] {
  return peers.map((own, index) => {
    const contacts = new Set<string>();
    const wanted = Math.min(CONTACTS, peers.length - 1);
    for (let step = 1; contacts.size < wanted / 2; step += 1) contacts.add(peers[(index + step) % peers.length] ?? own);
    while (contacts.size < wanted) contacts.add(random.pick(peers.filter((peer) => peer !== own)) ?? own);
    return [...contacts];
  });
}
