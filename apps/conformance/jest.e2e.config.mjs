import { preset } from '../../jest.preset.mjs';

// A complete run of the kit waits for a missed heartbeat: more than a minute.
export default { ...preset('conformance', 'e2e'), testTimeout: 60_000 };
