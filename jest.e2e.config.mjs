import { workspace } from './jest.preset.mjs';

// `npx jest -c jest.e2e.config.mjs path/to/file.e2e.ts`, once its programs are built: `npx nx build gateway`.
export default { ...(await workspace('jest.e2e.config.mjs')), testTimeout: 120_000, maxWorkers: 1 };
