import { ArchiveRefused, SchemaMismatch, sqlState } from '@white-rabbit/license';

/** A command failed. The message is printed for the operator. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** A usage error. The message is printed for the operator. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure';
}

/** Exit codes. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Texts for codes of PostgreSQL and of the system. Their own texts can contain a row or the URL and are not printed. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address',
  ENOTFOUND: 'its host name is not known',
  ETIMEDOUT: 'it did not answer in time',
  '28P01': 'it refuses the user name or the password',
  '28000': 'it refuses this user',
  '3D000': 'it has no database of this name',
  '42501': 'the user lacks a permission',
  '55P03': 'a table is in use; try again',
  '57014': 'it took too long',
  '57P03': 'it is starting or stopping',
};

/** Errors whose message is printed as it is. */
const PRINTABLE_ERRORS = [CommandFailure, UsageFailure, SchemaMismatch, ArchiveRefused];

/** One line that describes the error for the operator. */
export function sentenceOf(error: unknown): string {
  if (PRINTABLE_ERRORS.some((kind) => error instanceof kind)) return (error as Error).message;
  const code = sqlState(error);
  const reason = (code && (REASONS[code] ?? `error ${code}`)) ?? 'no answer';
  return `The license database cannot be used: ${reason}.`;
}
