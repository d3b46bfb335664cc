/**
 * The code of a failed query: PostgreSQL's SQLSTATE (`23505`, …) or the system's (`ECONNREFUSED`, …). The error's texts are
 * not used anywhere, since they can quote a row.
 */
export function sqlState(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Another lost race each time: the rows have changed, and the next try decides by the new ones. */
const MAX_TRIES = 5;

/** Lost to another transaction: unique key, foreign key (an identity was released, or bound), deadlock, serialization. */
const LOST_RACE: readonly string[] = ['23505', '23503', '23001', '40P01', '40001'];

/** Does the work again when its transaction lost a race to another, a bounded number of times. */
export async function againAfterLostRace<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || !LOST_RACE.includes(sqlState(error) ?? '')) throw error;
    }
  }
}
