import { preset } from '../../jest.preset.mjs';

export default { ...preset('admin', 'e2e'), testTimeout: 120_000 };
