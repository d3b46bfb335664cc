import { type ChangeOptions, type CommandContext, noSuchLicense, referenceOf, withOffice } from '../command-context.js';

/** The two changes, and how they are told. */
const CHANGES = {
  revoke: { state: 'revoked', done: 'Revoked. Its live sessions end within 2 s.', before: 'It was revoked already.' },
  restore: { state: 'active', done: 'Restored, with the devices it had.', before: 'It was not revoked.' },
} as const;

/** Revokes or restores a license. Done already is as good as done. */
export async function changeState(
  context: CommandContext,
  verb: keyof typeof CHANGES,
  license: string,
  options: ChangeOptions,
): Promise<void> {
  const reference = referenceOf(license);
  const { state, done, before } = CHANGES[verb];
  await withOffice(context, options, async (office) => {
    const change = await office[verb](reference);
    if (change === 'unknown') throw noSuchLicense();
    const changed = change === 'changed';
    const json = `${JSON.stringify({ state, changed })}\n`;
    await context.terminal.print(options.json === true ? json : `${changed ? done : before}\n`);
  });
}
