import type { LicenseAdmin, LicenseReference, NewTerms, Renewal } from '@white-rabbit/license';
import { CommandFailure, UsageFailure } from '../command-failure.js';
import {
  type ChangeOptions,
  type CommandContext,
  noSuchLicense,
  referenceFrom,
  withLicenseAdmin,
} from '../command-context.js';
import { licenseJson, standing } from '../license-json.js';
import { NEVER } from '../parse-options.js';

/** Options of `update`. */
export interface UpdateOptions extends ChangeOptions {
  readonly maxDevices?: number;
  readonly expires?: Date | typeof NEVER;
}

/** Options of `renew`; one of the two. `for`: days. */
export interface RenewOptions extends ChangeOptions {
  readonly expires?: Date;
  readonly for?: number;
}

/** Sets the device limit or the expiry of a license. */
export async function update(context: CommandContext, license: string, options: UpdateOptions): Promise<void> {
  const terms = newTerms(options);
  const reference = await referenceFrom(context.terminal, license);
  await withLicenseAdmin(context, options, async (admin) => {
    const change = await admin.update(reference, terms);
    if (change.outcome === 'unknown') throw noSuchLicense();
    if (change.outcome === 'too_many_devices')
      throw new CommandFailure(tooManyDevices(change.devices, terms), 'refused');
    const changed = change.outcome === 'changed';
    await printTerms(context, admin, reference, { changed, expiry: changed && terms.expiresAt !== undefined }, options);
  });
}

/** Moves the expiry of a license to a later time. */
export async function renew(context: CommandContext, license: string, options: RenewOptions): Promise<void> {
  const renewal = renewalOf(options);
  const reference = await referenceFrom(context.terminal, license);
  await withLicenseAdmin(context, options, async (admin) => {
    const { outcome } = await admin.renew(reference, renewal);
    if (outcome === 'unknown') throw noSuchLicense();
    if (outcome !== 'changed') throw new CommandFailure(NOT_RENEWED[outcome], 'refused');
    await printTerms(context, admin, reference, { changed: true, expiry: true }, options);
  });
}

const NOT_RENEWED = {
  never_expires: 'This license does not expire: there is nothing to renew.',
  not_later:
    'A renewal moves the expiry to a later time in the future. To set an earlier expiry, use `wr-admin license update`.',
};

function newTerms({ maxDevices, expires }: UpdateOptions): NewTerms {
  if (maxDevices === undefined && expires === undefined)
    throw new UsageFailure('Name what to change: --max-devices or --expires.');
  return {
    ...(maxDevices !== undefined && { maxDevices }),
    ...(expires !== undefined && { expiresAt: expires === NEVER ? null : expires }),
  };
}

function renewalOf({ expires, for: days }: RenewOptions): Renewal {
  if (expires !== undefined && days === undefined) return { until: expires };
  if (days !== undefined && expires === undefined) return { days };
  throw new UsageFailure('Name the new expiry: --for DAYS or --expires DATE.');
}

function tooManyDevices(devices: number, { maxDevices = 0 }: NewTerms): string {
  const many = devices - maxDevices;
  return (
    `${devices} devices are bound. Release ${many === 1 ? 'one' : many} of them first: \`wr-admin license show\` lists ` +
    'them, and `wr-admin license release` removes a binding.'
  );
}

/** What was changed: anything, and the expiry. */
interface Changed {
  readonly changed: boolean;
  readonly expiry: boolean;
}

async function printTerms(
  { terminal }: CommandContext,
  admin: LicenseAdmin,
  reference: LicenseReference,
  { changed, expiry: isNewExpiry }: Changed,
  { json }: ChangeOptions,
): Promise<void> {
  const found = await admin.show(reference);
  // Another operator has deleted it meanwhile.
  if (found === undefined) throw noSuchLicense();
  const { license } = found;
  const expiry = license.expiresAt?.toISOString() ?? NEVER;
  const terms = `devices: ${license.devices} of ${license.maxDevices}, expires: ${expiry}, state: ${standing(license)}`;
  if (json === true) await terminal.print(`${JSON.stringify({ changed, ...licenseJson(license) })}\n`);
  else await terminal.print(`${changed ? 'Changed' : 'Nothing to change'}: ${terms}.\n`);
  if (license.state === 'revoked')
    terminal.say('Note: the license is revoked. `wr-admin license restore` undoes that.');
  else if (isNewExpiry && license.devices > 0) terminal.say(OPEN_SESSIONS);
}

const OPEN_SESSIONS =
  'Note: a session that is open keeps the expiry with which it registered. To end sessions earlier, revoke the license.';
