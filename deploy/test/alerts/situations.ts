import { OBJECTIVE_SITUATIONS } from './objectives.js';
import { OUTAGES } from './outages.js';
import { PLANNED_WORK } from './planned-work.js';
import type { Situation } from './situation.js';

/** What happens in installations, and which alerts fire. */
export const SITUATIONS: readonly Situation[] = [...OUTAGES, ...PLANNED_WORK, ...OBJECTIVE_SITUATIONS];
