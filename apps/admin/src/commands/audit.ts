import { type AuditEntry, AuditTrail } from '@white-rabbit/license';
import { type CommandContext, type CommonOptions, referenceFrom, withDatabase } from '../command-context.js';
import { type Column, fixedColumns } from '../tables.js';
import { JsonArray } from '../json-array.js';
import { auditJson } from '../license-json.js';

/** Options of `audit`. */
export interface AuditOptions extends CommonOptions {
  readonly license?: string;
  readonly since?: Date;
}

const COLUMNS: readonly Column[] = [
  ['AT', 24],
  ['OPERATOR', 20],
  ['ACTION', 8],
  ['COUNT', 7],
  ['LICENSE', 36],
  ['DETAIL', 0],
];

/** Prints the changes with their times and operators, oldest first. */
export async function audit({ terminal, ...context }: CommandContext, options: AuditOptions): Promise<void> {
  const license = options.license === undefined ? undefined : await referenceFrom(terminal, options.license);
  await withDatabase({ terminal, ...context }, options, async (orm) => {
    const filter = { ...(license && { license }), ...(options.since && { since: options.since }) };
    const pages = new AuditTrail(orm).entries(filter);
    if (options.json === true) {
      const array = new JsonArray(terminal);
      for await (const page of pages) await array.add(page.map(auditJson));
      await array.close();
      return;
    }
    let count = 0;
    for await (const page of pages) {
      await terminal.print(fixedColumns(COLUMNS, page.map(rowOf), count === 0));
      count += page.length;
    }
    terminal.say(count === 1 ? '1 change' : `${count} changes`);
  });
}

function rowOf({ at, operator, action, count, licenseId, detail }: AuditEntry): string[] {
  return [at.toISOString(), operator, action, String(count), licenseId ?? '', detail ?? ''];
}
