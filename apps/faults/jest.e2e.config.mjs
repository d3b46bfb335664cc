import { preset } from '../../jest.preset.mjs';

// Each drill starts its own gateways and back ends: one suite after the other.
export default { ...preset('faults', 'e2e'), testTimeout: 300_000, maxWorkers: 1 };
