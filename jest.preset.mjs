import { swcOptions } from './scripts/swc-options.mjs';

// One Jest set-up for every package: native ES modules, TypeScript through swc, workspace packages read from source.
// Rings (see CONTRIBUTING.md): *.spec.ts pure · *.contract.ts port x engine · *.cluster.ts several nodes, real back ends · *.e2e.ts whole processes
const RINGS = {
  test: ['**/*.spec.ts', '**/*.contract.ts', '**/*.cluster.ts'],
  e2e: ['**/*.e2e.ts'],
};

/** Jest configuration of one package. `ring` names the files that belong to the run. */
export function preset(displayName, ring = 'test') {
  return {
    displayName,
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['@white-rabbit/source', 'node', 'node-addons'] },
    testMatch: RINGS[ring].map((pattern) => `<rootDir>/{src,test}/${pattern}`),
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    passWithNoTests: true,
    transform: {
      '^.+\\.ts$': ['@swc/jest', swcOptions('.ts')],
      '^.+\\.tsx$': ['@swc/jest', swcOptions('.tsx')],
    },
  };
}
