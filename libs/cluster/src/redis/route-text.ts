import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import type { PresenceChange } from '../route-store.js';

/** Parses a route's value, `node session epoch`; `undefined` for any other text. */
export function parseRoute(peer: PeerId, value: string): Route | undefined {
  const [node, session, epoch, ...rest] = value.split(' ');
  if (node === undefined || session === undefined || epoch === undefined || rest.length > 0) return undefined;
  const number = parseEpoch(epoch);
  if (number === undefined) return undefined;
  return { peer, node: node as NodeId, session: session as SessionId, epoch: number };
}

/** Parses a change of a feed: `ONLINE node session epoch` or `OFFLINE epoch`; `undefined` for any other text. */
export function parseChange(peer: PeerId, text: string): PresenceChange | undefined {
  if (text.startsWith('ONLINE ')) {
    const route = parseRoute(peer, text.slice('ONLINE '.length));
    return route && { status: 'ONLINE', ...route };
  }
  if (!text.startsWith('OFFLINE ')) return undefined;
  const epoch = parseEpoch(text.slice('OFFLINE '.length));
  return epoch === undefined ? undefined : { status: 'OFFLINE', peer, epoch };
}

function parseEpoch(text: string): Epoch | undefined {
  const epoch = Number(text);
  return Number.isSafeInteger(epoch) && epoch > 0 ? (epoch as Epoch) : undefined;
}
