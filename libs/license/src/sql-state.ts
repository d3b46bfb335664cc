/**
 * The code of a failed query: PostgreSQL's SQLSTATE (`23505`, …) or the system's (`ECONNREFUSED`, …). The texts of
 * errors are not used, because they can contain a row.
 */
export function sqlState(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Most tries. Each one decides by the current rows. */
const MAX_TRIES = 5;

/**
 * Conflicts with another transaction: unique key, foreign key (an identity was released or bound), no free slot any more
 * (`BIND`), deadlock, serialization.
 */
const LOST_RACE: readonly string[] = ['23505', '23503', '23001', '23502', '40P01', '40001'];

/** Repeats `work`, at most `MAX_TRIES` times, if its transaction lost a race with another one. */
export async function againAfterLostRace<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || !LOST_RACE.includes(sqlState(error) ?? '')) throw error;
    }
  }
}
