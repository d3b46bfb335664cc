import { type EntityManager, raw } from '@mikro-orm/postgresql';
import { QUARANTINE_DAYS } from '../activation-rule.js';
import { Binding, Quarantine, type Identity } from '../entities.js';
import type { LicenseDetails, LicenseReference } from '../license-records.js';
import { readRecord } from './license-lock.js';

const QUARANTINE_MS = QUARANTINE_DAYS * 86_400_000;

/** What operators see of a license and its devices, or `undefined`. */
export async function readDetails(em: EntityManager, reference: LicenseReference): Promise<LicenseDetails | undefined> {
  const license = await readRecord(em, reference);
  if (license === undefined) return undefined;
  const ofLicense = { license: license.id };
  const bindings = await em.find(Binding, ofLicense, { populate: ['identity'], orderBy: { slot: 'asc' } });
  const quarantines = await em.find(
    Quarantine,
    { ...ofLicense, movedAt: { $gt: raw<Date>(`now() - interval '${QUARANTINE_DAYS} days'`) } },
    { populate: ['identity'], orderBy: { movedAt: 'desc' } },
  );
  return {
    license,
    bindings: bindings.map(({ slot, identity }) => ({ slot, ...recordOf(identity) })),
    quarantines: quarantines.map(({ movedAt, identity }) => ({
      endsAt: new Date(movedAt.getTime() + QUARANTINE_MS),
      ...recordOf(identity),
    })),
  };
}

function recordOf({ deviceHash, peerId, publicKey }: Pick<Identity, 'deviceHash' | 'peerId' | 'publicKey'>) {
  return { deviceHash, peerId, hasKey: publicKey !== null };
}
