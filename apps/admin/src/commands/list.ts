import type { LicenseFilter, LicenseRecord } from '@white-rabbit/license';
import { type CommandContext, type CommonOptions, withLicenseAdmin } from '../command-context.js';
import { JsonArray } from '../json-array.js';
import { licenseJson, standing } from '../license-json.js';
import { type Column, fixedColumns } from '../tables.js';

/** Options of `list`. */
export interface ListOptions extends CommonOptions {
  readonly state: LicenseFilter;
}

const COLUMNS: readonly Column[] = [
  ['ID', 36],
  ['KEY', 7],
  ['STATE', 7],
  ['DEVICES', 9],
  ['EXPIRES', 24],
  ['ISSUED', 24],
];

/** Prints licenses, oldest first, page after page. */
export async function list(context: CommandContext, options: ListOptions): Promise<void> {
  await withLicenseAdmin(context, options, async (admin) => {
    const pages = admin.list(options.state);
    if (options.json === true) await printJson(context, pages);
    else await printTable(context, pages);
  });
}

async function printJson({ terminal }: CommandContext, pages: AsyncIterable<readonly LicenseRecord[]>): Promise<void> {
  const array = new JsonArray(terminal);
  for await (const page of pages) await array.add(page.map(licenseJson));
  await array.close();
}

async function printTable({ terminal }: CommandContext, pages: AsyncIterable<readonly LicenseRecord[]>): Promise<void> {
  let count = 0;
  for await (const page of pages) {
    await terminal.print(fixedColumns(COLUMNS, page.map(rowOf), count === 0));
    count += page.length;
  }
  terminal.say(count === 1 ? '1 license' : `${count} licenses`);
}

function rowOf(license: LicenseRecord): string[] {
  return [
    license.id,
    `…${license.hint}`,
    standing(license),
    `${license.devices}/${license.maxDevices}`,
    license.expiresAt?.toISOString() ?? 'never',
    license.createdAt.toISOString(),
  ];
}
