import { preset } from '../../jest.preset.mjs';

// Long suites; `npm run test:faults` runs them as rows of its table.
export default { ...preset('cluster', 'faults'), testTimeout: 300_000 };
