import { preset } from '../jest.preset.mjs';

// Images are built and whole clusters started: one suite after the other.
export default { ...preset('deploy', 'e2e'), testTimeout: 120_000, maxWorkers: 1 };
