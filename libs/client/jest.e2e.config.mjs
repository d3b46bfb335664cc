import { preset } from '../../jest.preset.mjs';

// Whole gateways and real WebRTC peers: one suite after the other, so that none slows another's deadlines.
export default { ...preset('client', 'e2e'), testTimeout: 60_000, maxWorkers: 1 };
