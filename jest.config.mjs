import { TEST_TIMEOUT_MS, workspace } from './jest.preset.mjs';

// `npx jest path/to/file.spec.ts`, an editor, `npm run test:unit` and `npm run test:watch`. Nx runs each package's own.
export default {
  ...(await workspace('jest.config.mjs')),
  testTimeout: TEST_TIMEOUT_MS,
  // `npm run test:coverage` reports, and no figure is a threshold.
  coverageReporters: ['text-summary', ['text-summary', { file: 'summary.txt' }], 'lcov', 'html'],
};
