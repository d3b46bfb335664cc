/** Exit codes: an interface for scripts, so they are never changed. docs/operations.md has the same table. */
export const EXIT_CODES = {
  ok: [0, 'success'],
  failed: [1, 'failure; the message gives the reason'],
  usage: [2, 'usage error: a command, option, argument or setting is wrong, or a confirmation (`--yes`) is missing'],
  notFound: [3, 'there is no such license, device or gateway'],
  refused: [4, 'the state of the license does not allow the change; the message says what to do first'],
  unavailable: [5, 'PostgreSQL, Redis or a gateway cannot be reached, lacks the schema, or refuses the login'],
  badInput: [6, 'a file or standard input is missing or malformed; nothing was changed'],
  notConfirmed: [7, 'the operator did not confirm; nothing was changed'],
  degraded: [8, '`cluster status`: a component is down, or no gateway is running'],
  interrupted: [130, 'interrupted by Ctrl-C or SIGTERM; the message says what was done'],
} as const;

/** A kind of result. */
export type ExitKind = keyof typeof EXIT_CODES;
export type ExitCode = (typeof EXIT_CODES)[ExitKind][0];

/** The exit code of a kind of result. */
export function exitCodeFor(kind: ExitKind): ExitCode {
  return EXIT_CODES[kind][0];
}
