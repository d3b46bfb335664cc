import { CommandFailure } from '../command-failure.js';
import {
  type ChangeOptions,
  type CommandContext,
  argumentFrom,
  noSuchLicense,
  referenceFrom,
  withLicenseAdmin,
} from '../command-context.js';

/** The two changes and their texts. */
const CHANGES = {
  revoke: { state: 'revoked', done: 'Revoked. Its sessions end within 2 s.', before: 'It was revoked already.' },
  restore: { state: 'active', done: 'Restored. Its devices are bound as before.', before: 'It was not revoked.' },
} as const;

/** Revokes or restores a license. Succeeds if the license is in that state already. */
export async function changeState(
  context: CommandContext,
  verb: keyof typeof CHANGES,
  license: string,
  options: ChangeOptions,
): Promise<void> {
  const reference = await referenceFrom(context.terminal, license);
  const { state, done, before } = CHANGES[verb];
  await withLicenseAdmin(context, options, async (admin) => {
    const change = await admin[verb](reference);
    if (change === 'unknown') throw noSuchLicense();
    const changed = change === 'changed';
    const json = `${JSON.stringify({ state, changed })}\n`;
    await context.terminal.print(options.json === true ? json : `${changed ? done : before}\n`);
  });
}

/** Removes the binding of a device, or ends its quarantine. */
export async function release(
  context: CommandContext,
  license: string,
  device: string,
  options: ChangeOptions,
): Promise<void> {
  const { terminal } = context;
  const reference = await referenceFrom(terminal, license);
  const deviceId = await argumentFrom(terminal, device, 'Device id');
  await withLicenseAdmin(context, options, async (admin) => {
    const result = await admin.release(reference, deviceId);
    if (result.outcome === 'unknown') throw noSuchLicense();
    if (result.outcome === 'not_bound')
      throw new CommandFailure(
        'This license has no such device. `wr-admin license show` lists its devices.',
        'notFound',
      );
    const json = `${JSON.stringify({ released: true, peer_freed: result.peerFreed })}\n`;
    await terminal.print(options.json === true ? json : `${releasedSentence(result.peerFreed)}\n`);
  });
}

function releasedSentence(peerFreed: boolean): string {
  const slot = 'Released. This device has no slot of the license and no claim to one any more.';
  return `${slot} ${peerFreed ? 'Its peer_id is free.' : 'It keeps its peer_id, because another license has it.'}`;
}
