import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { type Decision, type LicenseFacts, decide } from './activation-rule.js';
import { type PgClient, type PgPool, inTransaction, bindValues } from './pg-pool.js';
import { INSERT_BINDING, INSERT_IDENTITY, LOCK_LICENSE, readFacts } from './license-queries.js';
import { type TransferDays, daysToWait, transfer } from './license-transfer.js';
import { againAfterLostRace } from './sql-state.js';
import { type LicenseId, type Verdict, accepted, refused, transferTooSoon } from './verdict.js';

/** A device and a peer to bind to the license with this key hash. */
export interface Activation {
  readonly hash: Buffer;
  readonly device: DeviceId;
  readonly peer: PeerId;
  /** Whether a license at its device limit may be moved to this device, and how often at most. */
  readonly transferDays?: TransferDays | undefined;
}

/**
 * A verdict, or that an activation is needed, without a lock. A transfer within its waiting period is refused here and waits
 * for no lock. Rejects with the error of the driver.
 */
export async function decideWithoutLock(
  pool: PgPool,
  { hash, device, peer, transferDays }: Activation,
): Promise<Verdict | { readonly outcome: 'activate' }> {
  const facts = await readFacts(pool, hash, device, peer);
  const decision = decide(facts, device, peer);
  if (decision.outcome === 'bind') return { outcome: 'activate' };
  if (facts === undefined || transferDays === undefined || !isAtLimit(decision)) return decision;
  const days = await daysToWait(pool, facts.licenseId, transferDays);
  return days > 0 ? transferTooSoon(days) : { outcome: 'activate' };
}

/**
 * Binds in one transaction, or refuses by the facts that the database had by then. The license's row is locked, so that its
 * slots are given, and it is moved, one after the other; a clash over a device or a peer between two licenses is decided by the constraints
 * of `identity`, and the loser looks again. Throws what the driver throws, and what `proceed` throws between two steps.
 */
export async function activate(pool: PgPool, activation: Activation, proceed: () => void): Promise<Verdict> {
  return againAfterLostRace(async () => {
    proceed();
    return inTransaction(pool, (client) => bindOnce(client, activation, proceed));
  });
}

async function bindOnce(client: PgClient, activation: Activation, proceed: () => void): Promise<Verdict> {
  const { hash, device, peer } = activation;
  await client.query(bindValues(LOCK_LICENSE, hash));
  proceed();
  // A separate statement after the lock sees the commit of the previous owner of the lock.
  const facts = await readFacts(client, hash, device, peer);
  const verdict = await bindByFacts(client, activation, facts, proceed);
  const { transferDays } = activation;
  if (facts === undefined || transferDays === undefined || !isAtLimit(verdict)) return verdict;
  proceed();
  return transfer(client, facts.licenseId, transferDays, async () =>
    bindByFacts(client, activation, await readFacts(client, hash, device, peer), proceed),
  );
}

async function bindByFacts(
  client: PgClient,
  { device, peer }: Activation,
  facts: LicenseFacts | undefined,
  proceed: () => void,
): Promise<Verdict> {
  const decision = decide(facts, device, peer);
  if (decision.outcome !== 'bind') return decision;
  await client.query(bindValues(INSERT_IDENTITY, device, peer));
  proceed();
  const isBound = await takeSlot(client, decision.licenseId, device, proceed);
  return isBound ? accepted(decision.licenseId, decision.expiresInMs) : refused('license_device_limit');
}

/** Whether the device limit is the only reason. */
function isAtLimit(verdict: Decision): boolean {
  return verdict.outcome === 'refused' && verdict.code === 'license_device_limit';
}

async function takeSlot(
  client: PgClient,
  licenseId: LicenseId,
  device: DeviceId,
  proceed: () => void,
): Promise<boolean> {
  const { rowCount } = await client.query(bindValues(INSERT_BINDING, licenseId, device));
  proceed();
  return rowCount === 1;
}
