import { preset } from '../../jest.preset.mjs';

const { passWithNoTests, ...direct } = preset('gateway', 'e2e');

// What clients see is looked at as they see it: through the load balancer, with TLS. The others are about the gateway itself:
// its faults (a load balancer sends nobody to a gateway that is not ready), raw sockets, its own files and ports.
const BEHIND_HAPROXY = '/test/(protocol-[a-z-]+|privacy|webrtc)\\.e2e\\.ts$';

export default {
  // Whole processes: one suite after the other, so that none slows another's deadlines.
  maxWorkers: 1,
  testTimeout: 60_000,
  passWithNoTests,
  projects: [
    { ...direct, testPathIgnorePatterns: ['/node_modules/', BEHIND_HAPROXY] },
    {
      ...direct,
      displayName: 'gateway behind HAProxy',
      testMatch: undefined,
      testRegex: [BEHIND_HAPROXY],
      setupFiles: ['<rootDir>/test/through-haproxy.mjs'],
    },
  ],
};
