import { Migration20260101000000Licenses } from './migration-20260101000000-licenses.js';

/**
 * Every migration, oldest first. Listed in code, so that they are found wherever the package is built to. A migration
 * that was released is never changed; the next one is added below.
 */
export const MIGRATIONS = [{ name: 'Migration20260101000000Licenses', class: Migration20260101000000Licenses }];
