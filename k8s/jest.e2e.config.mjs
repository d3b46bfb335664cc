import { preset } from '../jest.preset.mjs';

// Whole gateways, and a drain of its real length.
export default { ...preset('k8s', 'e2e'), testTimeout: 90_000, maxWorkers: 1 };
