import type { NodeId } from '@white-rabbit/signaling';

/** Allowed names of a region: no `_`, which ends the name within a node's id. */
export const REGION_NAME = /^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/i;

const SEPARATOR = '_';

/** A node id that contains its region, so that the reader of a route knows which Redis to use for messages. */
export function nodeIdIn(region: string, id: string): NodeId {
  return `${region}${SEPARATOR}${id}` as NodeId;
}

/**
 * The region in a node's id. An id without one may yield any text: it counts only if there is a region of that name.
 */
export function regionOf(node: NodeId): string {
  const end = node.indexOf(SEPARATOR);
  return end < 0 ? '' : node.slice(0, end);
}
