import { preset } from '../../jest.preset.mjs';

// Whole processes: one suite after the other, so that none slows another's deadlines.
export default { ...preset('browser', 'e2e'), testTimeout: 90_000, maxWorkers: 1 };
