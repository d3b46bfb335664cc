import './scripts/jest-node.mjs';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { swcOptions } from './scripts/swc-options.mjs';

// One Jest set-up for every package: native ES modules, TypeScript through swc, workspace packages read from source.
// Rings (see CONTRIBUTING.md): *.spec.ts pure · *.contract.ts port x engine, other programs · *.cluster.ts several nodes, real back ends · *.e2e.ts whole processes · *.fuzz.ts, *.fuzz.e2e.ts random inputs (npm run fuzz) · *.faults.ts long faults (npm run test:faults)
export const RINGS = {
  test: ['**/*.spec.ts', '**/*.contract.ts', '**/*.cluster.ts', '**/*.fuzz.ts'],
  e2e: ['**/*.e2e.ts'],
  fuzz: ['**/*.fuzz.ts', '**/*.fuzz.e2e.ts'],
  faults: ['**/*.faults.ts'],
};

/** A test that hangs fails after this time. Jest's own 5 s are not enough for a property test on a busy machine. */
export const TEST_TIMEOUT_MS = 30_000;

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
    testTimeout: TEST_TIMEOUT_MS,
    transform: {
      '^.+\\.ts$': ['@swc/jest', swcOptions('.ts')],
      '^.+\\.tsx$': ['@swc/jest', swcOptions('.tsx')],
    },
  };
}

/** Options of a whole run, which Jest does not take from a project. */
const OF_A_RUN = ['maxWorkers', 'passWithNoTests', 'testTimeout'];

/** Configuration of the whole workspace: a project for each package that has a configuration of this name. */
export async function workspace(file) {
  const configured = packageFolders().filter((folder) => existsSync(join(folder, file)));
  const projects = await Promise.all(configured.map((folder) => projectsOf(folder, file)));
  return { passWithNoTests: true, projects: projects.flat() };
}

function packageFolders() {
  const root = import.meta.dirname;
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces.flatMap((pattern) => {
    const folder = join(root, pattern.replace(/\/\*$/, ''));
    return pattern.endsWith('/*') ? readdirSync(folder).map((name) => join(folder, name)) : [folder];
  });
}

async function projectsOf(rootDir, file) {
  const { default: config } = await import(join(rootDir, file));
  return (config.projects ?? [config]).map((project) => ({
    ...Object.fromEntries(Object.entries(project).filter(([option]) => !OF_A_RUN.includes(option))),
    rootDir,
  }));
}
