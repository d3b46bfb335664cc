import { ArchiveRefused, SchemaMismatch, sqlState } from '@white-rabbit/license';
import type { ExitKind } from './exit-codes.js';

/** A command failed. The message is printed for the operator and says what to do. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure';
  readonly kind: ExitKind;

  constructor(message: string, kind: ExitKind = 'failed', options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A usage error. The message is printed for the operator. */
export class UsageFailure extends CommandFailure {
  override readonly name = 'UsageFailure';

  constructor(message: string, options?: ErrorOptions) {
    super(message, 'usage', options);
  }
}

/** Texts for codes of PostgreSQL and of the system. Their own texts can contain a row or the URL and are not printed. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at its address',
  ENOTFOUND: 'its host name is not known',
  ETIMEDOUT: 'it did not answer in time',
  '28P01': 'it refuses the user name or the password',
  '28000': 'it refuses this user',
  '3D000': 'it has no database of this name',
  '42501': 'its user lacks a permission; docs/operations.md, "Roles of PostgreSQL", lists the roles of commands',
  '55P03': 'a table is in use; try again',
  '57014': 'it took too long',
  '57P03': 'it is starting or stopping',
};

/** One line that describes the error for the operator. */
export function sentenceOf(error: unknown): string {
  if (error instanceof CommandFailure || error instanceof SchemaMismatch || error instanceof ArchiveRefused)
    return error.message;
  const code = sqlState(error);
  const reason = (code && (REASONS[code] ?? `error ${code}`)) ?? 'no answer';
  return `The license database cannot be used: ${reason}.`;
}

/** The kind of the error, for the exit code. */
export function exitKindOf(error: unknown): ExitKind {
  if (error instanceof CommandFailure) return error.kind;
  return error instanceof ArchiveRefused ? 'badInput' : 'unavailable';
}
