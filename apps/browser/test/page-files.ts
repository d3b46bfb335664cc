import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from '@jest/globals';
import type { PageUser } from './page-user.js';

/** The SHA-256 of the content of a file. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Chooses a file to send as the button of the page does. */
export async function sends(user: PageUser, path: string): Promise<void> {
  const [chooser] = await Promise.all([user.page.waitForEvent('filechooser'), user.press('Send a file')]);
  await chooser.setFiles(path);
}

/** The hash of the file that the user saves. */
export async function saved(user: PageUser, name: string): Promise<string> {
  const [download] = await Promise.all([user.page.waitForEvent('download'), user.press(`Save ${name}`)]);
  expect(download.suggestedFilename()).toBe(name);
  return hashOf(await readFile(await download.path()));
}
