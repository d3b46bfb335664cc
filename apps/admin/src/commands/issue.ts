import type { LicenseAdmin } from '@white-rabbit/license';
import { type ChangeOptions, type CommandContext, withOffice } from '../command-context.js';
import { CommandFailure, sentenceOf } from '../command-failure.js';
import { Interruption } from '../interruption.js';
import { type KeyOutput, JSON_ARRAY, KEY_LINES, keysInFile, printedKeys, TABLE } from '../key-output.js';
import { startProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

/** Options of `issue`. */
export interface IssueOptions extends ChangeOptions {
  readonly count: number;
  readonly maxDevices: number;
  readonly expires?: Date;
  /** Where the keys go instead of standard output. */
  readonly file?: string;
}

/** Issues licenses and gives their keys out: the only time that they are seen. */
export async function issue(context: CommandContext, options: IssueOptions): Promise<void> {
  const { terminal } = context;
  const { count, file, json } = options;
  if (options.expires !== undefined && options.expires.getTime() <= Date.now())
    terminal.say('Note: this date has passed, these licenses are expired already.');
  await withOffice(context, options, async (office) => {
    const output = await outputOf(options, terminal);
    await issueAll(office, options, terminal, output);
  });
  if (file !== undefined)
    await terminal.print(json === true ? `${JSON.stringify({ issued: count, file })}\n` : summary(count, file));
  if (json !== true) terminal.say('Keep the keys: they are not stored, and cannot be shown again.');
}

function summary(count: number, file: string): string {
  return count === 1
    ? `Issued 1 license; its key is in ${file}.\n`
    : `Issued ${count} licenses; their keys are in ${file}.\n`;
}

async function outputOf({ file, json }: IssueOptions, terminal: Terminal): Promise<KeyOutput> {
  if (file === undefined) return printedKeys(terminal, json === true ? JSON_ARRAY : TABLE);
  return keysInFile(file, json === true ? JSON_ARRAY : KEY_LINES);
}

/** A batch is written out first and stored then, so that no key is stored that nobody can have. */
async function issueAll(
  office: LicenseAdmin,
  options: IssueOptions,
  terminal: Terminal,
  output: KeyOutput,
): Promise<void> {
  const { count, maxDevices, expires } = options;
  const progress = startProgress(terminal, count);
  const interruption = new Interruption();
  let written = 0;
  let issued = 0;
  const writeOut = async (batch: Parameters<KeyOutput['add']>[0]) => {
    await output.add(batch);
    written += batch.length;
  };
  try {
    for await (const batch of office.issue(count, { maxDevices, expiresAt: expires ?? null }, writeOut)) {
      progress.to((issued += batch.length));
      // Between two batches: what is written out and what is stored are the same.
      if (interruption.isAsked && issued < count) throw new CommandFailure('Interrupted.');
    }
  } catch (error) {
    // Keys that were written out are good: the person must know, before issuing them all again.
    const known = `${sentenceOf(error)} ${issued} of ${count} licenses were issued, and are ${output.done}.`;
    throw new CommandFailure(written === issued ? known : `${known} ${doubtful(written - issued)}`);
  } finally {
    interruption.dispose();
    progress.end();
    await output.close();
  }
}

/** The database went away just as it was to store them: it may have done so or not. */
function doubtful(keys: number): string {
  return `The ${keys} after them may not have been stored: import them to be sure.`;
}
