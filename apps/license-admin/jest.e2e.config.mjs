import { preset } from '../../jest.preset.mjs';

export default { ...preset('license-admin', 'e2e'), testTimeout: 120_000 };
