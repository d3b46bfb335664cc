import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import { hashOf, saved, sends } from './page-files.js';
import type { PageUser } from './page-user.js';
import type { Terminal } from './terminal.js';

async function bothWays(alice: PageUser, tom: Terminal): Promise<void> {
  await alice.reads(/^Connected to tom\./);
  await tom.shows(/Connected to alice/);
  await tom.shows(new RegExp(`Sealed: ${await alice.sealCode()}\\.`));
  await alice.says('Curiouser and curiouser!');
  await tom.shows(/alice: Curiouser and curiouser!/);
  tom.type('Off with their heads! ♥');
  await alice.receives('Off with their heads! ♥');
}

describeInChromium('The page in Chromium and the terminal client', (browsers) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'white-rabbit-terminal-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('exchange files', async () => {
    const alice = await browsers().user('alice');
    const tim = browsers().terminal('tim', await browsers().newSignIn(1, { contacts: alice.contact }));
    await alice.join(await browsers().newSignIn(0, { contacts: `tim=${await tim.peerId()}` }));
    await alice.sees('tim', 'online');
    tim.type('/call alice');
    await alice.ring('tim').waitFor();
    await alice.press('Accept');
    await alice.reads(/^Connected to tim\./);

    const bytes = randomBytes(3_000_000);
    await writeFile(join(folder, 'map.bin'), bytes);
    await sends(alice, join(folder, 'map.bin'));
    await tim.shows(/alice offers map\.bin/);
    await mkdir(join(folder, 'in'));
    tim.type(`/receive ${join(folder, 'in')}`);
    await alice.receives('tim has received map.bin.');
    await tim.shows(/map\.bin from alice is stored/);
    expect(hashOf(await readFile(join(folder, 'in/map.bin')))).toBe(hashOf(bytes));

    await writeFile(join(folder, 'watch.bin'), bytes);
    tim.type(`/send ${join(folder, 'watch.bin')}`);
    await alice.reads(/^tim offers you watch\.bin/);
    await alice.press('Accept watch.bin');
    await tim.shows(/alice has received watch\.bin/);
    expect(await saved(alice, 'watch.bin')).toBe(hashOf(bytes));
  });

  it('exchange texts, whichever calls, and continue without a gateway', async () => {
    const alice = await browsers().user('alice');
    const tom = browsers().terminal('tom', await browsers().newSignIn(1, { contacts: alice.contact }));
    const tomId = await tom.peerId();
    await tom.shows(/Connected to the server/);
    await alice.join(await browsers().newSignIn(0, { contacts: `tom=${tomId}` }));
    await alice.sees('tom', 'online');

    await alice.choose('tom');
    await alice.press('Call');
    await tom.shows(/alice is calling/);
    tom.type('/accept');
    await bothWays(alice, tom);
    tom.type('/hangup');
    await alice.receives('tom hung up.');

    tom.type('/call alice');
    await alice.ring('tom').waitFor();
    await alice.press('Accept');
    await tom.shows(/Connected to alice/);
    await alice.says('Why is a raven like a writing-desk?');
    await tom.shows(/alice: Why is a raven like a writing-desk\?/);
    tom.type('I have not the slightest idea.');
    await alice.receives('I have not the slightest idea.');

    await browsers().killGateways();
    await alice.status('No server');
    await alice.says('Still there?');
    await tom.shows(/alice: Still there\?/);
    tom.type('Still here.');
    await alice.receives('Still here.');
    await alice.press('Hang up');
    await tom.shows(/alice hung up/);
    expect(alice.console.join()).not.toContain(tomId);
  });
});
