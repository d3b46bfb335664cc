import { sqlState } from './sql-state.js';

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
