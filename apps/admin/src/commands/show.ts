import { shownDevice, type BindingRecord, type LicenseRecord } from '@white-rabbit/license';
import {
  type CommandContext,
  type CommonOptions,
  noSuchLicense,
  referenceFrom,
  withLicenseAdmin,
} from '../command-context.js';
import { bindingJson, licenseJson, standing } from '../license-json.js';
import { plainTable } from '../tables.js';

/** Prints a license and the devices that are bound to it. */
export async function show(context: CommandContext, license: string, options: CommonOptions): Promise<void> {
  const reference = await referenceFrom(context.terminal, license);
  await withLicenseAdmin(context, options, async (admin) => {
    const found = await admin.show(reference);
    if (found === undefined) throw noSuchLicense();
    const text =
      options.json === true ? asJson(found.license, found.bindings) : asTables(found.license, found.bindings);
    await context.terminal.print(text);
  });
}

function asJson(license: LicenseRecord, bindings: readonly BindingRecord[]): string {
  return `${JSON.stringify({ ...licenseJson(license), bindings: bindings.map(bindingJson) }, undefined, 2)}\n`;
}

function asTables(license: LicenseRecord, bindings: readonly BindingRecord[]): string {
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
  const rows = bindings.map(({ slot, deviceHash, peerId }) => [String(slot), shownDevice(deviceHash), peerId]);
  const devices = rows.length === 0 ? '' : `\n${plainTable(['SLOT', 'DEVICE', 'PEER'], rows)}`;
  return plainTable([], facts) + devices;
}
