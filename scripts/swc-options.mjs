/** How swc compiles a file of the workspace, for the tests and for from-source.mjs. Nest needs the decorators' metadata. */
export function swcOptions(file) {
  return {
    swcrc: false,
    configFile: false,
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', ...(file.endsWith('.tsx') ? { tsx: true } : { decorators: true }) },
      transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic' } },
    },
    module: { type: 'es6' },
  };
}
