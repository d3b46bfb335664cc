/** Set by bundle.mjs. */
declare const BUNDLED_VERSION: string | undefined;

/** The version of the package. */
export const PROGRAM_VERSION = typeof BUNDLED_VERSION === 'string' ? BUNDLED_VERSION : 'from source';
