import type { PeerId, SessionId } from '@white-rabbit/protocol';
import type { Epoch, NodeId, Route } from '@white-rabbit/signaling';
import type { PresenceChange } from '../route-store.js';

/**
 * A copy of an id. What `split` returns is a view of the whole text for the engine, which a stored id would keep in memory.
 */
function copyOf(id: string): string {
  return Buffer.from(id, 'latin1').toString('latin1');
}

/** Parses a route's value, `node session epoch`; `undefined` for any other text. */
export function parseRoute(peer: PeerId, value: string): Route | undefined {
  const [node, session, epoch, ...rest] = value.split(' ');
  if (node === undefined || session === undefined || epoch === undefined || rest.length > 0) return undefined;
  const number = parseEpoch(epoch);
  if (number === undefined) return undefined;
  return { peer, node: copyOf(node) as NodeId, session: copyOf(session) as SessionId, epoch: number };
}

/**
 * Parses a presence message: a line for each change, `ONLINE peer node session epoch` or `OFFLINE peer epoch`. Other lines
 * are ignored.
 */
export function parseChanges(text: string): readonly PresenceChange[] {
  return text.split('\n').flatMap((line) => parseChange(line) ?? []);
}

function parseChange(line: string): PresenceChange | undefined {
  const [status, name, ...rest] = line.split(' ');
  if (name === undefined) return undefined;
  const peer = copyOf(name) as PeerId;
  if (status === 'ONLINE') {
    const route = parseRoute(peer, rest.join(' '));
    return route && { status, ...route };
  }
  if (status !== 'OFFLINE' || rest.length !== 1) return undefined;
  const epoch = parseEpoch(rest[0] ?? '');
  return epoch === undefined ? undefined : { status, peer, epoch };
}

function parseEpoch(text: string): Epoch | undefined {
  const epoch = Number(text);
  return Number.isSafeInteger(epoch) && epoch > 0 ? (epoch as Epoch) : undefined;
}
