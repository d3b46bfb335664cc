import { type PgPool, type Statement, bindValues } from '../pg-pool.js';
import type { AuditNote } from './audit-entry.js';

/** `$1` operator, `$2` action, `$3` license or null, `$4` count, `$5` detail or null. */
const INSERT_AUDIT: Statement = {
  name: 'license-insert-audit',
  text: `insert into license_audit (operator, action, license_id, count, detail) values ($1, $2, $3, $4, $5)`,
};

/** Writes a change down, on the connection and in the transaction that makes it: either both are stored, or none. */
export async function writeAudit(connection: Pick<PgPool, 'query'>, note: AuditNote): Promise<void> {
  const { operator, action, licenseId, count, detail } = note;
  await connection.query(bindValues(INSERT_AUDIT, operator, action, licenseId, count, detail));
}
