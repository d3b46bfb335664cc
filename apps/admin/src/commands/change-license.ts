import { CommandFailure } from '../command-failure.js';
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

/** Takes a device off a license. */
export async function release(
  context: CommandContext,
  license: string,
  device: string,
  options: ChangeOptions,
): Promise<void> {
  const reference = referenceOf(license);
  await withOffice(context, options, async (office) => {
    const result = await office.release(reference, device);
    if (result.outcome === 'unknown') throw noSuchLicense();
    if (result.outcome === 'not_bound') throw new CommandFailure('This device is not bound to this license.');
    const json = `${JSON.stringify({ released: true, peer_freed: result.peerFreed })}\n`;
    await context.terminal.print(options.json === true ? json : `${releasedSentence(result.peerFreed)}\n`);
  });
}

function releasedSentence(peerFreed: boolean): string {
  return peerFreed
    ? 'Released. Its place, and its peer_id, are free again.'
    : 'Released. Its place is free again; its peer_id stays with this device, which another license binds, too.';
}
