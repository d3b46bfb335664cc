/**
 * PostgreSQL as a child process. Apart from the rest of this package, so that a gateway can start it before it loads
 * MikroORM and Nest.
 */
export * from './embedded-postgres.js';
export type { PostgresBinaries } from './postgres-binaries.js';
export * from './role-logins.js';
export * from './throwaway-postgres.js';
