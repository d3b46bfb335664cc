import type { EntityManager } from '@mikro-orm/postgresql';
import { Binding, type License } from '../entities.js';
import { type LicenseTerms, type LicenseReference, termsText } from '../license-records.js';
import { writeAudit } from '../license-rows.js';
import { lockLicense } from './license-lock.js';

/** New terms; those that are missing stay. */
export type NewTerms = Partial<LicenseTerms>;

/** A new expiry: a time, or days from the present expiry, or from now if that has passed. */
export type Renewal = { readonly until: Date } | { readonly days: number };

/**
 * The result of a change of terms. `too_many_devices`: more devices are bound than the new limit allows; nothing was
 * changed.
 */
export type TermsChange =
  | { readonly outcome: 'changed' | 'unchanged' | 'unknown' }
  | { readonly outcome: 'too_many_devices'; readonly devices: number };

/** The result of a renewal. `not_later`: the new expiry has passed, or is not later than the present one. */
export interface RenewalResult {
  readonly outcome: 'changed' | 'unknown' | 'never_expires' | 'not_later';
}

/** Sets terms of a license, in the transaction of the entity manager. */
export async function changeTerms(
  em: EntityManager,
  operator: string,
  reference: LicenseReference,
  terms: NewTerms,
): Promise<TermsChange> {
  const license = await lockLicense(em, reference);
  if (license === null) return { outcome: 'unknown' };
  const { maxDevices = license.maxDevices, expiresAt = license.expiresAt } = terms;
  if (maxDevices < license.maxDevices) {
    const devices = await em.count(Binding, { license: license.id });
    if (devices > maxDevices) return { outcome: 'too_many_devices', devices };
    await moveToLowerSlots(em, license, maxDevices);
  }
  return { outcome: await store(em, { operator, action: 'update' }, license, { maxDevices, expiresAt }) };
}

/** Moves the expiry of a license to a later time, in the transaction of the entity manager. */
export async function renewLicense(
  em: EntityManager,
  operator: string,
  reference: LicenseReference,
  renewal: Renewal,
): Promise<RenewalResult> {
  const license = await lockLicense(em, reference);
  if (license === null) return { outcome: 'unknown' };
  const { maxDevices, expiresAt: present } = license;
  if (present === null) return { outcome: 'never_expires' };
  const from = Math.max(present.getTime(), await databaseNowMs(em));
  const expiresAt = 'until' in renewal ? renewal.until : new Date(from + renewal.days * DAY_MS);
  if (expiresAt.getTime() <= from) return { outcome: 'not_later' };
  await store(em, { operator, action: 'renew' }, license, { maxDevices, expiresAt });
  return { outcome: 'changed' };
}

const DAY_MS = 86_400_000;

async function databaseNowMs(em: EntityManager): Promise<number> {
  const [row] = await em.execute<{ now: number }[]>('select (extract(epoch from now()) * 1000)::float8 as now');
  if (row === undefined) throw new Error('The license database did not say the time.');
  return row.now;
}

async function store(
  em: EntityManager,
  { operator, action }: { readonly operator: string; readonly action: 'update' | 'renew' },
  license: License,
  terms: LicenseTerms,
): Promise<'changed' | 'unchanged'> {
  const [before, after] = [termsText(license), termsText(terms)];
  if (before === after) return 'unchanged';
  license.maxDevices = terms.maxDevices;
  license.expiresAt = terms.expiresAt;
  const detail = `${after}; before: ${before}`;
  await writeAudit(em, { operator, action, licenseId: license.id, count: 1, detail });
  return 'changed';
}

/** Moves bindings from slots above the limit to free slots, so that every slot is within the limit. */
async function moveToLowerSlots(em: EntityManager, { id }: License, maxDevices: number): Promise<void> {
  await em.execute(MOVE_TO_LOWER_SLOTS, [id, maxDevices, maxDevices, id, id]);
}

/** The nth binding above the limit takes the nth free slot. */
const MOVE_TO_LOWER_SLOTS = `
  with high as (
    select device_hash, row_number() over (order by slot) as nth from binding where license_id = ? and slot > ?
  ), free as (
    select slot, row_number() over (order by slot) as nth from generate_series(1, ?) slot
    where not exists (select from binding b where b.license_id = ? and b.slot = slot.slot)
  )
  update binding set slot = free.slot from high join free using (nth)
  where binding.license_id = ? and binding.device_hash = high.device_hash`;
