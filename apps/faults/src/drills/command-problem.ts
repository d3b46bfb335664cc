import type { Drill } from './drill.js';
import type { Printed } from './operator-shell.js';
import { withoutComment } from './runbook.js';

/** Enough of an output to see what is wrong. */
const LINES_SHOWN = 8;
const CHARACTERS_SHOWN = 300;

/** What is wrong with the result of a command of the diagnosis; `undefined` if it shows the fault of the drill. */
export function diagnosisProblem(drill: Drill, command: string, printed: Printed): string | undefined {
  const { shows, fails = [] } = drill;
  const mustFail = fails.some((part) => command.includes(part));
  if (mustFail === (printed.status === 0)) return statusProblem(command, printed);
  const expected = shows.filter(([part]) => command.includes(part)).flatMap(([, ...patterns]) => patterns);
  const missing = expected.filter((pattern) => !pattern.test(printed.output));
  return missing.length > 0 ? `without ${missing.join(' and ')}: ${shown(command, printed)}` : undefined;
}

/** What is wrong with the result of a command of the fix; `undefined` if it succeeded. */
export function fixProblem(command: string, printed: Printed): string | undefined {
  return printed.status === 0 ? undefined : statusProblem(command, printed);
}

function statusProblem(command: string, printed: Printed): string {
  return `status ${printed.status}: ${shown(command, printed)}`;
}

function shown(command: string, { output }: Printed): string {
  const lines = output.split('\n').slice(-LINES_SHOWN);
  return [withoutComment(command), ...lines.map((line) => line.slice(0, CHARACTERS_SHOWN))].join('\n');
}
