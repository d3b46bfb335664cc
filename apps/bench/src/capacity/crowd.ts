import { randomUUID } from 'node:crypto';
import { callId, newIdentity, type TestCluster, type PeerIdentity } from '@white-rabbit/testing';
import type { WebSocket } from 'ws';
import { each, Sockets } from '../sockets.js';

/** A client's answer to the server's heartbeat. */
const ALIVE = JSON.stringify({ event: 'heartbeat', data: { ack: true } });

/** A registered client. */
export interface Member {
  readonly identity: PeerIdentity;
  readonly socket: WebSocket;
}

/** Sessions spread over all gateways of a cluster, that answer heartbeats and watch each other. */
export class Crowd {
  readonly #sockets: readonly Sockets[];
  #registrations: readonly Readonly<{ identity: PeerIdentity; hello: string }>[] = [];

  constructor(private readonly cluster: TestCluster) {
    this.#sockets = cluster.gateways.map(({ url }) => new Sockets(url));
  }

  /**
   * Registers that many, each with `contacts` others, drawn from all of them; member i is at gateway i modulo their number.
   */
  async join(count: number, contacts: number): Promise<readonly Member[]> {
    const licenses = await this.cluster.licenses.issue({ count });
    const people = Array.from({ length: count }, () => newIdentity('crowd'));
    this.#registrations = people.map((identity, index) => {
      const friends = drawn(people, contacts, index);
      const data = { ...identity, license_key: licenses[index]?.license_key, contacts: friends };
      return { identity, hello: JSON.stringify({ event: 'register', data }) };
    });
    return this.comeBack();
  }

  /** Registers all clients that joined once more, from new sockets. */
  comeBack(): Promise<readonly Member[]> {
    const all = this.#registrations;
    return each(all.length, async (index) => {
      const sockets = this.#sockets[index % this.#sockets.length];
      const registration = all[index];
      if (!sockets || !registration) throw new Error('The cluster has no gateway.');
      const socket = await sockets.open(registration.hello, (frame) => frame.startsWith('{"event":"registered"'));
      socket.on('message', (frame: Buffer) => {
        if (frame.toString().startsWith('{"event":"heartbeat","data":{"ack":false}')) socket.send(ALIVE);
      });
      return { identity: registration.identity, socket };
    });
  }

  /** Each member adds so many contacts that are offline and that nobody else has; resolves when all are answered. */
  async watchStrangers(members: readonly Member[], count: number): Promise<void> {
    const sockets = members.map(({ socket }) => socket).values();
    await each(members.length, async () => {
      const socket = sockets.next().value;
      if (socket === undefined) return;
      const add = Array.from({ length: count }, () => `peer-${randomUUID()}`);
      const answered = heard(socket, 'presence');
      socket.send(JSON.stringify({ event: 'contacts', data: { add } }));
      await answered;
    });
  }

  /** Closes them all. */
  async leave(): Promise<void> {
    await Promise.all(this.#sockets.map((sockets) => sockets.close()));
  }
}

/** Lets `caller` ring and `callee` accept; resolves with the call's name once signals pass. */
export async function call(caller: Member, callee: Member): Promise<string> {
  const id = callId();
  const rung = heard(callee.socket, 'ring');
  caller.socket.send(JSON.stringify({ event: 'call', data: { peer_id: callee.identity.peer_id, call_id: id } }));
  await rung;
  const accepted = heard(caller.socket, 'accept');
  callee.socket.send(JSON.stringify({ event: 'accept', data: { call_id: id } }));
  await accepted;
  return id;
}

function heard(socket: WebSocket, event: string): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (frame: Buffer) => {
      if (!frame.toString().startsWith(`{"event":"${event}"`)) return;
      socket.off('message', onMessage);
      resolve();
    };
    socket.on('message', onMessage);
  });
}

/** Other peers, the same in each run: the sequence of a linear congruential generator (constants of Numerical Recipes). */
function drawn(people: readonly PeerIdentity[], count: number, index: number): readonly string[] {
  const friends = new Set<string>();
  let state = index;
  while (friends.size < Math.min(count, people.length - 1)) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * people.length);
    if (at !== index) friends.add(people[at]?.peer_id ?? '');
  }
  return [...friends];
}
