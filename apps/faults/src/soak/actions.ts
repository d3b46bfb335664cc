import type { Topology } from '@white-rabbit/testing';
import type { Action } from './action.js';
import { CLIENT_ACTIONS } from './client-actions.js';
import { DATABASE_ACTIONS } from './database-actions.js';
import { failOverActions } from './fail-over-actions.js';
import { GATEWAY_ACTIONS } from './gateway-actions.js';
import { REDIS_ACTIONS } from './redis-actions.js';

/** Everything that the soak does to a cluster. Only a single Redis and its database have connections that can be broken. */
export function actionsOn(topology: Topology): readonly Action[] {
  const backEnds = topology === 'single' ? [...REDIS_ACTIONS, ...DATABASE_ACTIONS] : failOverActions(topology);
  return [...GATEWAY_ACTIONS, ...backEnds, ...CLIENT_ACTIONS];
}
