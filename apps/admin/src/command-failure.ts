import { ArchiveRefused, SchemaMismatch, sqlState } from '@white-rabbit/license';

/** A command could not do its work. The message is for the person, and says what to do where something can be done. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** The command was called wrongly. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure';
}

/** Exit codes. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What PostgreSQL or the network means, in words. Their own texts can quote a row or the URL, and are not shown. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address',
  ENOTFOUND: 'its host name is not known',
  ETIMEDOUT: 'it did not answer in time',
  '28P01': 'it refuses the user name or the password',
  '28000': 'it refuses this user',
  '3D000': 'it has no database of this name',
  '42501': 'the user may not do this',
  '55P03': 'a table is in use; try again',
  '57014': 'it took too long',
  '57P03': 'it is starting or stopping',
};

/** Errors whose message was written for the person. */
const TOLD_AS_THEY_ARE = [CommandFailure, UsageFailure, SchemaMismatch, ArchiveRefused];

/** One line for the person, whatever happened. */
export function sentenceOf(error: unknown): string {
  if (TOLD_AS_THEY_ARE.some((kind) => error instanceof kind)) return (error as Error).message;
  const code = sqlState(error);
  const reason = (code && (REASONS[code] ?? `error ${code}`)) ?? 'no answer';
  return `The license database cannot be used: ${reason}.`;
}
