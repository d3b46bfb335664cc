/**
 * The code of a failed query: PostgreSQL's SQLSTATE (`23505`, …) or the system's (`ECONNREFUSED`, …). The error's texts are
 * not used anywhere, since they can quote a row.
 */
export function sqlState(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
