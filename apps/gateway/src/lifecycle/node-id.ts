import { randomBytes } from 'node:crypto';
import type { NodeId } from '@white-rabbit/signaling';

/** A new name for this process; a gateway that restarts is another node. */
export function newNodeId(): NodeId {
  return `n${randomBytes(9).toString('base64url')}` as NodeId;
}
