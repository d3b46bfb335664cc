import { preset } from '../../jest.preset.mjs';

const { passWithNoTests, ...direct } = preset('gateway', 'e2e');

// Tests of what clients see run through the load balancer, with TLS. The other tests connect to the gateway directly, because
// they test its faults (a load balancer sends no client to a gateway that is not ready), raw sockets, its files and ports.
const BEHIND_HAPROXY = '/test/(protocol-[a-z-]+|privacy|webrtc)\\.e2e\\.ts$';

export default {
  // Whole processes, which wait most of the time: two suites at a time. More would slow each other's deadlines.
  maxWorkers: 2,
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
