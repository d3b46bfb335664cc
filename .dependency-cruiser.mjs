// No cycle of files, and none of folders, in what is built; type-only imports count. `npm run check:cycles` runs this.
// .dependency-cruiser-known-violations.json lists the file cycles that exist already. `npm run check:cycles:known` writes it
// again after a cycle was removed or its files were renamed; a change that makes it longer is refused in review.
const TESTS = '(^|/)test/|[.](spec|contract|cluster|e2e)[.]tsx?$';

/** Folders that import each other already. Remove a name when its cycle is gone; add none. */
const KNOWN_FOLDER_CYCLES = '^apps/gateway/src/(handlers|node|ops|socket)$';

export default {
  forbidden: [
    { name: 'no-file-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-folder-cycle',
      severity: 'error',
      scope: 'folder',
      from: { pathNot: KNOWN_FOLDER_CYCLES },
      to: { circular: true },
    },
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
