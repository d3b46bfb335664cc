import { encodePresence, type PeerId } from '@white-rabbit/protocol';
import { peerOf } from '../load/gateway-wire.js';
import type { Client } from '../load/wire.js';
import { socketIoWire } from './baseline-wires.js';
import type { Side } from './side.js';

/** What many clients of a server watch. */
export interface Topic {
  /** Names with which the watchers register. */
  readonly watchers: readonly string[];
  /** Begins the next change; returns the frame that each watcher will get. */
  change(): string;
}

/** So many that no peer registers more often than the gateway allows. */
const WATCHED_PEERS = 40;

/** The topic of that side's server, for so many watchers. */
export function topicOf(side: Side, watchers: number): Promise<Topic> {
  return side.wire === 'gateway' ? presenceTopic(side, watchers) : groupTopic(side, watchers);
}

/** Peers of a gateway that go offline and come back from a new connection, in turn. */
async function presenceTopic(side: Side, count: number): Promise<Topic> {
  const names = await side.newNames(WATCHED_PEERS);
  const peers = names.map(peerOf);
  const watchers = await side.newNames(count, peers);
  const online: (Client | undefined)[] = await Promise.all(names.map((name, index) => side.open(name, index)));
  const comeBack = (at: number) => {
    side.open(names[at] ?? '', at).then(
      (client) => (online[at] = client),
      // The watchers miss this change, and the next one of this peer registers again.
      () => undefined,
    );
  };
  let next = 0;
  return {
    watchers,
    change: () => {
      const at = next % names.length;
      next += 1;
      const client = online[at];
      online[at] = undefined;
      if (client) client.socket.close();
      else comeBack(at);
      return encodePresence([{ peer_id: (peers[at] ?? '') as PeerId, status: client ? 'OFFLINE' : 'ONLINE' }]);
    },
  };
}

/** Clients of Socket.IO that have registered with one name, and another client that sends signals to that name. */
async function groupTopic(side: Side, count: number): Promise<Topic> {
  const [sender = '', group = ''] = await side.newNames(2);
  const { socket } = await side.open(sender, 0);
  let next = 0;
  return {
    watchers: Array.from({ length: count }, () => group),
    change: () => {
      const payload = `{"n":${(next += 1)}}`;
      socket.send(socketIoWire.signal(group, payload));
      return `42["signal","${sender}",${payload}]`;
    },
  };
}
