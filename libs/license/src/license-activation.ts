import { type Decision, decide } from './activation-rule.js';
import { statementsOf } from './activation-changes.js';
import { type Activation, factStatements, factsOf } from './license-facts.js';
import { type PgPool, type Statement, bindValues, onConnection, sendTogether } from './pg-pool.js';
import type { SharedConnection } from './shared-connection.js';
import { againAfterLostRace } from './sql-state.js';
import { type Verdict, accepted } from './verdict.js';

/** Makes all that want to bind to one license take turns. */
const LOCK_LICENSE: Statement = {
  name: 'license-lock',
  text: 'select from license where key_hash = $1 for update',
};

/**
 * `$1` the device, `$2` the peer, `$3` the key hash, `$4` whether the license may be moved. The identities that the changes can
 * concern, so that no other license changes them meanwhile: those of the device and the peer, and that of the device whose
 * slot may be taken. In one order, against deadlocks.
 */
export const LOCK_IDENTITIES: Statement = {
  name: 'license-lock-identities',
  text: `
    select from identity where peer_id = $2 or device_hash = any (array(
      select $1::varchar
      union all
      select taken_by from quarantine
      where device_hash = $1 and license_id = (select id from license where key_hash = $3)
      union all
      (select device_hash from binding where $4 and license_id = (select id from license where key_hash = $3)
        order by bound_at, slot limit 1)
    )) order by device_hash for update`,
};

/** Decides without a lock, in one round trip. Rejects with the error of the driver. */
export async function lookUp(connection: SharedConnection, activation: Activation): Promise<Decision> {
  const results = await connection.send(factStatements(activation));
  return decide(factsOf(results), activation);
}

/**
 * Binds in one transaction of two round trips, or refuses by the facts that the database had by then. The license's row is
 * locked, so that its slots are given, and it is moved, one after the other; a clash over a device or a peer between two
 * licenses is decided by the constraints of `identity`, and the loser looks again. Throws what the driver throws, and what
 * `proceed` throws before each round trip.
 */
export async function activate(pool: PgPool, activation: Activation, proceed: () => void): Promise<Verdict> {
  return againAfterLostRace(() => activateOnce(pool, activation, proceed));
}

function activateOnce(pool: PgPool, activation: Activation, proceed: () => void): Promise<Verdict> {
  const { hash, device, peer, transferDays } = activation;
  proceed();
  return onConnection(pool, async (client) => {
    // Statements after the locks see the commit of their previous owners.
    const mayMove = transferDays !== undefined;
    const locks = [bindValues(LOCK_LICENSE, hash), bindValues(LOCK_IDENTITIES, device, peer, hash, mayMove)];
    const [, , , ...results] = await sendTogether(client, ['begin', ...locks, ...factStatements(activation)]);
    const decision = decide(factsOf(results), activation);
    if (decision.outcome !== 'activate') {
      await client.query('rollback');
      return decision;
    }
    proceed();
    // If one of them fails, the database skips those behind it, and the commit rolls back.
    await sendTogether(client, [...statementsOf(decision, activation), 'commit']);
    return accepted(decision.licenseId, decision.expiresInMs);
  });
}
