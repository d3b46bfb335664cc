import type { NodeId } from '@white-rabbit/signaling';

/** What a region may be called: no `_`, which ends the name within a node's id. */
export const REGION_NAME = /^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/i;

const SEPARATOR = '_';

/** The id of a node that says its region, so that whoever finds a route knows to which Redis its envelopes go. */
export function nodeIdIn(region: string, id: string): NodeId {
  return `${region}${SEPARATOR}${id}` as NodeId;
}

/** The region that a node's id says. An id that says none may yield any text: it counts only if a region is called so. */
export function regionOf(node: NodeId): string {
  const end = node.indexOf(SEPARATOR);
  return end < 0 ? '' : node.slice(0, end);
}
