import { type ChangeOptions, type CommandContext, noSuchLicense, referenceOf, withOffice } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';

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
    await context.terminal.print(options.json === true ? json : `${sentence(result.peerFreed)}\n`);
  });
}

function sentence(peerFreed: boolean): string {
  return peerFreed
    ? 'Released. Its place, and its peer_id, are free again.'
    : 'Released. Its place is free again; its peer_id stays with this device, which another license binds, too.';
}
