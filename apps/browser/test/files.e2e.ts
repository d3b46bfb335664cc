import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import { hashOf, saved, sends } from './page-files.js';
import type { PageUser } from './page-user.js';
import { talking, two } from './two-users.js';

const MIB = 1024 * 1024;
/** Long enough that a transfer can be stopped in the middle. Bytes. */
const LONG = 48 * MIB;

declare global {
  interface Window {
    sentBytes: number;
  }
}

/** Runs in a page before its scripts: counts the bytes of files that it sends. Other channels ask for signs of life. */
function countBytes(): void {
  window.sentBytes = 0;
  const send = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, 'send');
  const counting = function (this: RTCDataChannel, data: string | ArrayBufferView<ArrayBuffer>): void {
    if (typeof data !== 'string' && this.label === 'file') window.sentBytes += data.byteLength;
    (send?.value as typeof counting).call(this, data);
  };
  RTCDataChannel.prototype.send = counting as RTCDataChannel['send'];
}

/** Runs in a page before its scripts: a browser without files that a page can write. */
function withoutFileSystem(): void {
  Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createWritable');
}

/** Resolves when the user has received this part of the file. */
async function hasReceived(user: PageUser, part: number): Promise<void> {
  await user.page.waitForFunction((least) => {
    const progress = document.querySelector('#files progress');
    return progress instanceof HTMLProgressElement && !progress.hidden && progress.value > least;
  }, part);
}

/** Presses the button at the moment when that part of a file has arrived, before the rest does. */
async function pressAt(user: PageUser, part: number, name: string): Promise<void> {
  await user.page.waitForFunction(
    ([least, wanted]) => {
      const progress = document.querySelector('#files progress');
      if (!(progress instanceof HTMLProgressElement) || progress.hidden || progress.value <= least) return false;
      const buttons = [...document.querySelectorAll('button')];
      const pressed = buttons.find((button) => (button.ariaLabel ?? button.textContent.trim()) === wanted);
      pressed?.click();
      return pressed !== undefined;
    },
    [part, name] as const,
  );
}

/** Reloads the page of the user with a script that runs before its own, and signs in again. */
async function reloaded(user: PageUser, script?: () => void): Promise<void> {
  if (script) await user.page.addInitScript(script);
  await user.page.reload();
  await user.press('Connect');
  await user.status('Connected');
}

/** Sends the long file once more after an interruption, until it has arrived. The bytes that this took. */
async function sentAgain(alice: PageUser, bob: PageUser): Promise<number> {
  const before = await alice.page.evaluate(() => window.sentBytes);
  await talking(alice, bob);
  await alice.press('Send again long.bin');
  await bob.press('Accept long.bin');
  await alice.receives('bob has received long.bin.');
  return (await alice.page.evaluate(() => window.sentBytes)) - before;
}

describeInChromium('A file', (browsers) => {
  let folder: string;
  const files = { short: '', long: '' };
  const hashes = { short: '', long: '' };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'white-rabbit-files-'));
    for (const [kind, size] of [
      ['short', 3 * MIB + 17],
      ['long', LONG],
    ] as const) {
      const bytes = randomBytes(size);
      files[kind] = join(folder, `${kind}.bin`);
      hashes[kind] = hashOf(bytes);
      await writeFile(files[kind], bytes);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is sent after the other user has accepted it, and saved when that user wants it', async () => {
    const [alice, bob] = await two(browsers());
    await reloaded(alice, countBytes);
    await bob.sees('alice', 'online');
    await talking(alice, bob);
    await sends(alice, files.short);
    await bob.receives('alice offers you short.bin (3 MiB).');
    await alice.reads('3 MiB, offered …');
    expect(await alice.page.evaluate(() => window.sentBytes)).toBe(0);
    await bob.press('Accept short.bin');
    await alice.receives('bob has received short.bin.');
    await bob.receives('short.bin has arrived. Save it, or it is deleted when you leave the page.');
    expect(await saved(bob, 'short.bin')).toBe(hashes.short);
    await alice.says('Did it arrive?');
    await bob.press('Remove short.bin');
    await bob.page.getByRole('list', { name: 'Files' }).waitFor({ state: 'hidden' });
  });

  it('that is dropped on the conversation can be declined', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    const devTools = await alice.page.context().newCDPSession(alice.page);
    const box = await alice.page.getByRole('log').boundingBox();
    const place = { x: (box?.x ?? 0) + 50, y: (box?.y ?? 0) + 50 };
    const data = { items: [], files: [files.short], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devTools.send('Input.dispatchDragEvent', { type, ...place, data });
    }
    await bob.press('Decline short.bin');
    await alice.receives('bob declined short.bin.');
    await bob.receives('You declined short.bin.');
    expect(await bob.page.getByRole('list', { name: 'Files' }).count()).toBe(0);
  });

  it('is not offered beside four others', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) }));
    await alice.page.locator('#file-field').setInputFiles(five);
    await alice.reads(/^e was not offered: you must be connected to bob, and send at most 4 files/);
    await bob.press('Accept d');
    await alice.receives('bob has received d.');
  });

  it('can be cancelled by either user while it is sent', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await sends(alice, files.long);
      await bob.press('Accept long.bin');
      await pressAt(one, 0.05, 'Cancel long.bin');
      await other.receives('The transfer of long.bin was cancelled.');
      await one.receives('The transfer of long.bin was cancelled.');
      await bob.press('Remove long.bin');
    }
  });

  it('goes on after a call that was interrupted, although the receiver has reloaded the page', async () => {
    const [alice, bob] = await two(browsers());
    await reloaded(alice, countBytes);
    await bob.sees('alice', 'online');
    await talking(alice, bob);
    await sends(alice, files.long);
    await bob.press('Accept long.bin');
    await pressAt(bob, 0.2, 'Hang up');
    await bob.reads(/^The transfer of long\.bin was interrupted\./);
    await talking(alice, bob);
    await alice.press('Send again long.bin');
    await bob.press('Accept long.bin');
    await hasReceived(bob, 0.4);
    await reloaded(bob);
    await alice.page
      .getByText(/^The transfer of long\.bin was interrupted\./)
      .nth(1)
      .waitFor();
    await alice.sees('bob', 'online');
    expect(await sentAgain(alice, bob)).toBeLessThan(0.8 * LONG);
    expect(await saved(bob, 'long.bin')).toBe(hashes.long);
  });

  it('goes on in a browser that keeps it in memory', async () => {
    const [alice, bob] = await two(browsers());
    await reloaded(alice, countBytes);
    await reloaded(bob, withoutFileSystem);
    await Promise.all([alice.sees('bob', 'online'), bob.sees('alice', 'online')]);
    await talking(alice, bob);
    await sends(alice, files.long);
    await bob.press('Accept long.bin');
    await pressAt(alice, 0.3, 'Hang up');
    await bob.reads(/^The transfer of long\.bin was interrupted\./);
    expect(await sentAgain(alice, bob)).toBeLessThan(0.8 * LONG);
    expect(await saved(bob, 'long.bin')).toBe(hashes.long);
  });
});
