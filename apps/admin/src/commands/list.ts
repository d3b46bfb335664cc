import type { LicenseFilter, LicenseRecord, LicenseStanding } from '@white-rabbit/license';
import { type CommandContext, type CommonOptions, argumentFrom, withLicenseAdmin } from '../command-context.js';
import { JsonArray } from '../json-array.js';
import { licenseJson, standing } from '../license-json.js';
import { type Column, fixedColumns } from '../tables.js';

/** Options of `list`: conditions, all of which a license must meet. */
export interface ListOptions extends CommonOptions {
  readonly state: LicenseStanding | 'all';
  /** Days. */
  readonly expiresWithin?: number;
  readonly hint?: string;
  readonly createdSince?: Date;
  readonly createdBefore?: Date;
  readonly withDevices?: boolean;
  readonly withoutDevices?: boolean;
  /** The id, or `-` for a line of standard input. */
  readonly device?: string;
  readonly peer?: string;
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
  const filter = await filterOf(context, options);
  await withLicenseAdmin(context, options, async (admin) => {
    const pages = admin.list(filter);
    if (options.json === true) await printJson(context, pages);
    else await printTable(context, pages);
  });
}

async function filterOf({ terminal }: CommandContext, options: ListOptions): Promise<LicenseFilter> {
  const { state, expiresWithin, hint, createdSince, createdBefore, withDevices, withoutDevices } = options;
  const idFrom = async (argument: string | undefined, what: string) =>
    argument === undefined ? undefined : argumentFrom(terminal, argument, what);
  return {
    ...{ hint, createdSince, createdBefore, expiresWithinDays: expiresWithin },
    state: state === 'all' ? undefined : state,
    hasDevices: withDevices === true ? true : withoutDevices === true ? false : undefined,
    device: await idFrom(options.device, 'Device id'),
    peer: await idFrom(options.peer, 'Peer id'),
  };
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
