import { preset } from '../../jest.preset.mjs';

// A whole run of the kit waits for a heartbeat to be missed: more than a minute.
export default { ...preset('conformance', 'e2e'), testTimeout: 60_000 };
