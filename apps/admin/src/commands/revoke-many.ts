import type { FoundLicense, LicenseAdmin, LicenseId } from '@white-rabbit/license';
import { CommandFailure, UsageFailure } from '../command-failure.js';
import { type ChangeOptions, type CommandContext, withLicenseAdmin } from '../command-context.js';
import { type ConfirmOptions, confirm } from '../confirm.js';
import { problemList } from '../file-entries.js';
import { inputName, STANDARD_INPUT, textOfInput } from '../input-file.js';
import { Interruption } from '../interruption.js';
import { startProgress } from '../progress.js';
import { type PlacedReference, readReferences } from '../read-reference-file.js';
import type { Terminal } from '../terminal.js';

/** Options of `revoke --file`. */
export interface RevokeManyOptions extends ChangeOptions, ConfirmOptions {
  /** A file of keys and ids; `-` is standard input. */
  readonly file: string;
  readonly dryRun?: boolean;
}

/** What a file of licenses means for the database. */
interface Plan {
  readonly active: readonly LicenseId[];
  readonly alreadyRevoked: number;
  /** Places of keys and ids of no license. */
  readonly unknown: readonly string[];
}

/**
 * Revokes the licenses of a file. Keys and ids of no license do not stop the others, because a leak cannot wait; they are
 * reported, and the command fails with `notFound`.
 */
export async function revokeMany(context: CommandContext, options: RevokeManyOptions): Promise<void> {
  const { terminal } = context;
  const { file, dryRun = false, yes, json } = options;
  if (file === STANDARD_INPUT && yes !== true && !dryRun)
    throw new UsageFailure('Standard input is read for the licenses: confirm with --yes, or try --dry-run first.');
  const references = readReferences(await textOfInput(terminal, file), inputName(file));
  await withLicenseAdmin(context, options, async (admin) => {
    const plan = await planOf(admin, references);
    const { active, alreadyRevoked, unknown } = plan;
    if (!dryRun && active.length > 0) await confirm(terminal, `Revoke ${summaryOf(plan)}?`, options);
    const revoked = dryRun ? active.length : await revokeAll(admin, active, terminal);
    const counts = { revoked, already_revoked: alreadyRevoked, unknown: unknown.length, dry_run: dryRun };
    const text = `${dryRun ? 'Would revoke' : 'Revoked'} ${summaryOf(plan)}.\n`;
    await terminal.print(json === true ? `${JSON.stringify(counts)}\n` : text);
    if (unknown.length > 0)
      throw new CommandFailure(
        problemList('There is no license for these; check whether they belong to another database:', unknown),
        'notFound',
      );
  });
}

async function planOf(admin: LicenseAdmin, references: readonly PlacedReference[]): Promise<Plan> {
  const found = await admin.find(references.map(({ reference }) => reference));
  const states = new Map(
    found.filter((one): one is FoundLicense => one !== undefined).map(({ id, state }) => [id, state]),
  );
  const active = [...states].flatMap(([id, state]) => (state === 'active' ? [id] : []));
  const unknown = references.flatMap(({ place }, n) => (found[n] === undefined ? [place] : []));
  return { active, alreadyRevoked: states.size - active.length, unknown };
}

function summaryOf({ active, alreadyRevoked, unknown }: Plan): string {
  const licenses = `${active.length} ${active.length === 1 ? 'license' : 'licenses'}`;
  return `${licenses} (revoked already: ${alreadyRevoked}, unknown: ${unknown.length})`;
}

/** Resolves with the number of revoked licenses. Between two batches an operator can interrupt it. */
async function revokeAll(admin: LicenseAdmin, ids: readonly LicenseId[], terminal: Terminal): Promise<number> {
  const progress = startProgress(terminal, ids.length);
  const interruption = new Interruption();
  let revoked = 0;
  try {
    for await (const number of admin.revokeMany(ids)) {
      progress.to((revoked += number));
      if (interruption.isAsked && revoked < ids.length)
        throw new CommandFailure(
          `Interrupted. ${revoked} of ${ids.length} licenses are revoked. Run the command again for the others.`,
          'interrupted',
        );
    }
    return revoked;
  } finally {
    interruption.dispose();
    progress.end();
  }
}
