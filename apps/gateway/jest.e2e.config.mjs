import { preset } from '../../jest.preset.mjs';

const { passWithNoTests, ...direct } = preset('gateway', 'e2e');

// Suites about what clients see run as clients connect: through the load balancer, with TLS. The others are about the
// gateway itself: its faults (a load balancer sends no client to a gateway that is not ready), raw sockets, files and ports.
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
