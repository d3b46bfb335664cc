import { CommandFailure, UsageFailure } from './command-failure.js';
import type { Terminal } from './terminal.js';

/** Options of every command that asks before it changes something. */
export interface ConfirmOptions {
  /** Do not ask. */
  readonly yes?: boolean;
}

/**
 * Asks the operator whether to go on; returns if the answer is yes.
 *
 * @param question a sentence without the choice.
 * @throws UsageFailure if there is no terminal to ask at. CommandFailure if the answer is another one.
 */
export async function confirm(terminal: Terminal, question: string, { yes }: ConfirmOptions): Promise<void> {
  if (yes === true) return;
  if (!terminal.isInteractive)
    throw new UsageFailure(`${question} There is no terminal to ask at: confirm with --yes, or try --dry-run first.`);
  const answer = await terminal.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure('Not confirmed: nothing was changed.', 'notConfirmed');
}
