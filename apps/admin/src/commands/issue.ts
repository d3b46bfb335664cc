import type { LicenseAdmin } from '@white-rabbit/license';
import { type ChangeOptions, type CommandContext, withLicenseAdmin } from '../command-context.js';
import { CommandFailure, exitKindOf, sentenceOf } from '../command-failure.js';
import { Interruption } from '../interruption.js';
import { type KeyOutput, JSON_ARRAY, KEY_LINES, keysInFile, printedKeys, TABLE } from '../key-output.js';
import { startProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

/** Options of `issue`. */
export interface IssueOptions extends ChangeOptions {
  readonly count: number;
  readonly maxDevices: number;
  readonly expires?: Date;
  /** A new file for the keys, instead of standard output. */
  readonly file?: string;
}

/** Issues licenses and writes out their keys, which are not stored anywhere else. */
export async function issue(context: CommandContext, options: IssueOptions): Promise<void> {
  const { terminal } = context;
  const { count, file, json } = options;
  if (options.expires !== undefined && options.expires.getTime() <= Date.now())
    terminal.say('Note: the date has passed. These licenses are expired already.');
  await withLicenseAdmin(context, options, async (admin) => {
    const output = await outputOf(options, terminal);
    await issueAll(admin, options, terminal, output);
  });
  if (file !== undefined)
    await terminal.print(json === true ? `${JSON.stringify({ issued: count, file })}\n` : summary(count, file));
  if (json !== true) terminal.say('Save the keys: they are not stored and cannot be shown again.');
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

/** Each batch is written out before it is committed, so that every stored license has its key in the output. */
async function issueAll(
  admin: LicenseAdmin,
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
    for await (const batch of admin.issue(count, { maxDevices, expiresAt: expires ?? null }, writeOut)) {
      progress.to((issued += batch.length));
      // Between two batches the output and the database have the same licenses.
      if (interruption.isAsked && issued < count) throw new CommandFailure('Interrupted.', 'interrupted');
    }
  } catch (error) {
    // The operator must know the number of usable keys before issuing again.
    const known = `${sentenceOf(error)} ${issued} of ${count} licenses were issued, and are ${output.done}.`;
    const message = written === issued ? known : `${known} ${doubtful(written - issued)}`;
    throw new CommandFailure(message, exitKindOf(error), { cause: error });
  } finally {
    interruption.dispose();
    progress.end();
    await output.close();
  }
}

/** For a commit without a response: the database may have stored the batch or not. */
function doubtful(keys: number): string {
  return `The next ${keys} may not be stored: import their keys to be sure.`;
}
