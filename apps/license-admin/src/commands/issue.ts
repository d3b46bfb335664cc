import type { IssuedLicense, LicenseOffice } from '@white-rabbit/license';
import type { ChangeOptions, CommandContext } from '../command-context.js';
import { withOffice } from '../command-context.js';
import { CommandFailure, sentenceOf } from '../command-failure.js';
import { Interruption } from '../interruption.js';
import { JsonArray } from '../json-array.js';
import { issuedJson } from '../license-json.js';
import type { Column } from '../fixed-columns.js';
import { fixedColumns } from '../fixed-columns.js';
import { startProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

/** Options of `issue`. */
export interface IssueOptions extends ChangeOptions {
  readonly count: number;
  readonly maxDevices: number;
  readonly expires?: Date;
}

const COLUMNS: readonly Column[] = [
  ['LICENSE KEY', 40],
  ['ID', 36],
  ['DEVICES', 8],
  ['EXPIRES', 24],
];

/** Issues licenses and prints their keys: the only time that they are seen. */
export async function issue(context: CommandContext, options: IssueOptions): Promise<void> {
  const { terminal } = context;
  if (options.expires !== undefined && options.expires.getTime() <= Date.now())
    terminal.say('Note: this date has passed, these licenses are expired already.');
  await withOffice(context, options, (office) => issueAll(office, options, terminal));
  if (options.json !== true) terminal.say('Keep the keys: they are not stored, and cannot be shown again.');
}

async function issueAll(office: LicenseOffice, options: IssueOptions, terminal: Terminal): Promise<void> {
  const terms = { maxDevices: options.maxDevices, expiresAt: options.expires ?? null };
  const output = options.json === true ? jsonOutput(terminal) : tableOutput(terminal);
  const progress = startProgress(terminal, options.count);
  const interruption = new Interruption();
  let issued = 0;
  try {
    for await (const batch of office.issue(options.count, terms)) {
      await output.add(batch);
      progress.to((issued += batch.length));
      // Between two batches, so that no key is stored that nobody has seen.
      if (interruption.isAsked && issued < options.count) throw new CommandFailure('Interrupted.');
    }
  } catch (error) {
    // Keys that were printed are good: the person must know, before issuing them all again.
    throw new CommandFailure(
      `${sentenceOf(error)} ${issued} of ${options.count} licenses were issued, and are printed.`,
    );
  } finally {
    interruption.dispose();
    progress.end();
    await output.close();
  }
}

function jsonOutput(terminal: Terminal) {
  const array = new JsonArray(terminal);
  return {
    add: (batch: readonly IssuedLicense[]) => array.add(batch.map(issuedJson)),
    close: () => array.close(),
  };
}

function tableOutput(terminal: Terminal) {
  let first = true;
  return {
    add: async (batch: readonly IssuedLicense[]) => {
      await terminal.print(fixedColumns(COLUMNS, batch.map(rowOf), first));
      first = false;
    },
    close: () => Promise.resolve(),
  };
}

function rowOf({ key, id, maxDevices, expiresAt }: IssuedLicense): string[] {
  return [key, id, String(maxDevices), expiresAt?.toISOString() ?? 'never'];
}
