import type { Action } from './action.js';
import { BACK_END_ACTIONS } from './back-end-actions.js';
import { CLIENT_ACTIONS } from './client-actions.js';
import { GATEWAY_ACTIONS } from './gateway-actions.js';

/** Everything that the soak does to a cluster on one Redis. */
export const ACTIONS: readonly Action[] = [...GATEWAY_ACTIONS, ...BACK_END_ACTIONS, ...CLIENT_ACTIONS];
