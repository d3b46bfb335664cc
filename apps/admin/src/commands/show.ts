import { shownDevice, type LicenseDetails } from '@white-rabbit/license';
import {
  type CommandContext,
  type CommonOptions,
  noSuchLicense,
  referenceFrom,
  withLicenseAdmin,
} from '../command-context.js';
import { bindingJson, licenseJson, quarantineJson, standing } from '../license-json.js';
import { plainTable } from '../tables.js';

/** Prints a license and the devices that are bound to it. */
export async function show(context: CommandContext, license: string, options: CommonOptions): Promise<void> {
  const reference = await referenceFrom(context.terminal, license);
  await withLicenseAdmin(context, options, async (admin) => {
    const found = await admin.show(reference);
    if (found === undefined) throw noSuchLicense();
    await context.terminal.print(options.json === true ? asJson(found) : asTables(found));
  });
}

function asJson({ license, bindings, quarantines }: LicenseDetails): string {
  const devices = { bindings: bindings.map(bindingJson), quarantines: quarantines.map(quarantineJson) };
  return `${JSON.stringify({ ...licenseJson(license), ...devices }, undefined, 2)}\n`;
}

function asTables({ license, bindings, quarantines }: LicenseDetails): string {
  const facts = [
    ['License', license.id],
    ['Key', `ends in ${license.hint}`],
    ['State', standing(license)],
    ['Devices', `${license.devices} of ${license.maxDevices}`],
    ['Expires', license.expiresAt?.toISOString() ?? 'never'],
    ['Issued', license.createdAt.toISOString()],
    ...(license.transferredAt === null ? [] : [['Moved', `by its user, ${license.transferredAt.toISOString()}`]]),
    ...(license.revokedAt === null ? [] : [['Revoked', license.revokedAt.toISOString()]]),
  ];
  const bound = bindings.map((one) => [String(one.slot), shownDevice(one.deviceHash), keyText(one), one.peerId]);
  const lost = quarantines.map((one) => [
    one.endsAt.toISOString(),
    shownDevice(one.deviceHash),
    keyText(one),
    one.peerId,
  ]);
  const tables = [
    plainTable([], facts),
    ...(bound.length === 0 ? [] : [plainTable(['SLOT', 'DEVICE', 'KEY', 'PEER'], bound)]),
    ...(lost.length === 0 ? [] : [plainTable(['QUARANTINE UNTIL', 'DEVICE', 'KEY', 'PEER'], lost)]),
  ];
  return tables.join('\n');
}

function keyText({ hasKey }: { readonly hasKey: boolean }): string {
  return hasKey ? 'yes' : 'no';
}
