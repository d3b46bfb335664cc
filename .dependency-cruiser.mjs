// No cycle of files and no cycle of folders in what is built; type-only imports count. `npm run check:cycles` runs this.
const TESTS = '(^|/)test/|[.](spec|contract|cluster|e2e|faults|fuzz)[.]tsx?$';

const withoutCycle = { from: {}, to: { circular: true }, severity: 'error' };

export default {
  forbidden: [
    { name: 'no-file-cycle', ...withoutCycle },
    { name: 'no-folder-cycle', scope: 'folder', ...withoutCycle },
  ],
  options: {
    includeOnly: '^(apps|libs|deploy|k8s)/',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: `(^|/)(node_modules|dist)/|${TESTS}` },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@white-rabbit/source', 'import', 'node', 'default'],
    },
    skipAnalysisNotInRules: true,
  },
};
