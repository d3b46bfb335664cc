import { workspace } from './jest.preset.mjs';

// `npm run test:faults -- NAME` runs the suites whose file names contain NAME.
export default { ...(await workspace('jest.faults.config.mjs')), testTimeout: 300_000, maxWorkers: 1, verbose: true };
