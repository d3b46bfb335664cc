import { preset } from '../../jest.preset.mjs';

// Takes the picture in docs/images anew: npm run screenshot -w apps/browser, after a build.
export default {
  ...preset('browser'),
  testMatch: ['<rootDir>/test/**/*.screenshot.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
