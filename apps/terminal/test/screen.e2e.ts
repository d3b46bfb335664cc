import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN, eventually, findProgram, howToInstall, TestCluster } from '@white-rabbit/testing';
import { lineOf, type UserOptions } from './command-line.js';
import { TmuxTerminal, type Size } from './tmux-terminal.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

/** Starting and stopping a cluster. Milliseconds. */
const START_MS = 90_000;
const WIDE: Size = { columns: 90, rows: 24 };
const NARROW: Size = { columns: 40, rows: 16 };
const HIGH: Size = { columns: 90, rows: 60 };

const tmux = await findProgram(DEBIAN.tmux.program);

let cluster: TestCluster;
let home: string;
const terminals: TmuxTerminal[] = [];

describeUnless(tmux === undefined ? howToInstall(DEBIAN.tmux) : '')('The drawn screen of the terminal client', () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
    cluster = await TestCluster.start(2);
  }, START_MS);
  afterEach(async () => {
    await Promise.all(terminals.splice(0).map((terminal) => terminal.close()));
  });
  afterAll(async () => {
    await rm(home, { recursive: true });
    await cluster.stop();
  }, START_MS);

  it('shows presence, an incoming call that a key answers, and texts, in a narrow and in a wide terminal', async () => {
    const alice = await openTerminal('alice', { contacts: 'bob,carol' }, NARROW);
    await alice.shows(/^ alice {2}● online$/);
    await alice.shows(/^○ bob {2}○ carol$/);
    const bob = await openTerminal('bob', { at: 1, contacts: 'alice' }, WIDE);
    await alice.shows(/^● bob {2}○ carol$/);

    await bob.type('/call alice');
    await bob.shows(/^… ringing at alice$/);
    await alice.shows(/^bob is calling: accept\? \[y\/n\]$/);
    await alice.press('y');
    await alice.shows(/^↔ talking to bob · sealed$/);
    await bob.shows(/^↔ talking to alice · sealed$/);

    await alice.type('Wer reitet so spät durch Nacht und Wind? 日本語 👍');
    await bob.shows(/^alice: Wer reitet so spät durch Nacht und Wind\? 日本語 👍$/);
    await alice.shows(/^alice: Wer reitet so spät durch Nacht/);
    await alice.type('/hangup');
    await bob.shows(/^\* alice hung up\.$/);
    await alice.hides(/talking to/);
  });

  it('shows the typed line during changes, cursor movements and resizes', async () => {
    const alice = await openTerminal('anna', { contacts: 'bert' }, NARROW);
    await alice.shows(/● online/);
    await alice.press('/cal ert');
    await alice.key('Left', 'Left', 'Left', 'Left');
    await alice.press('l');
    await alice.shows(/^> \/call ert$/);
    const bert = await openTerminal('bert', { at: 1 }, NARROW);
    await bert.shows(/● online/);
    await alice.shows(/^● bert$/);
    await alice.key('Right');
    await alice.press('b');
    await alice.shows(/^> \/call bert$/);
    for (const size of [{ columns: 24, rows: 8 }, WIDE, NARROW]) {
      await alice.resize(size);
      await alice.shows(/^> \/call bert$/);
      await alice.shows(/^ anna {2}● online$/);
      // The screen and the cursor are read one after the other: they may be of two frames.
      await eventually('one frame, with the cursor in its last row', async () => {
        const [rows, cursor] = [await alice.screen(), await alice.cursor()];
        const isWhole = rows.filter((row) => row.includes('● online')).length === 1;
        return isWhole && cursor === `9,${rows.length - 1} visible`;
      });
    }
    await alice.key('End', 'C-u');
    await alice.type('/wink');
    // Where it breaks depends on whether the last resize has come through.
    await alice.shows(/^\* There is no command/);
    await alice.key('Up');
    await alice.shows(/^> \/wink$/);
  });

  it('folds a long line, and shows the rows around the cursor of a very long one', async () => {
    const alice = await openTerminal('lang', {}, NARROW);
    await alice.shows(/● online/);
    await alice.press('x'.repeat(60));
    await alice.shows(/^> x{37}$/);
    await alice.shows(/^x{23}$/);
    await alice.press('y'.repeat(300));
    await alice.shows(/^y+$/);
    await alice.hides(/^> x/);
    await alice.shows(/^ lang {2}● online$/);
    await alice.key('Home');
    await alice.shows(/^> x{37}$/);
  });

  it('shows the loss of a server, the reconnect to another one, and the time of the next attempt', async () => {
    const both = cluster.gateways.map(({ url }) => url).join(',');
    const alice = await openTerminal('emma', { contacts: 'fritz', more: ['--url', both] }, NARROW);
    await alice.shows(/^○ fritz$/);
    const [first, second] = cluster.gateways.splice(0);
    await first?.kill('SIGKILL');
    await alice.shows(/^\* The server cannot be reached\./);
    await alice.shows(/^ emma {2}● online$/);
    await alice.shows(/^○ fritz$/);
    await second?.kill('SIGKILL');
    await alice.shows(/^ emma {2}◌ reconnecting in \d+ s$/);
    await alice.shows(/^◌ fritz$/);
    await Promise.all([cluster.add(), cluster.add()]);
  });

  it('sends pasted lines as a text, and never runs them as commands', async () => {
    const alice = await openTerminal('paula', { contacts: 'paul' }, WIDE);
    const bob = await openTerminal('paul', { at: 1, contacts: 'paula', more: ['--accept'] }, WIDE);
    await alice.shows(/^● paul$/);
    await alice.type('/call paul');
    await alice.shows(/^↔ talking to paul · sealed$/);
    await alice.paste('/hangup\n');
    await alice.shows(/^> \/\/hangup$/);
    await alice.key('Enter');
    await bob.shows(/^paula: \/hangup$/);
    await alice.paste('/quit\n/hangup\nthe third line');
    await alice.shows(/^> \/\/quit⏎\/hangup⏎the third line$/);
    await alice.key('Enter');
    await bob.shows(/^paula: \/quit$/);
    await bob.shows(/^paula: \/hangup$/);
    await bob.shows(/^paula: the third line$/);
    await alice.shows(/^↔ talking to paul · sealed$/);
    await alice.type('/quit');
    await alice.shows(/^exit code 0$/);
    // The mode that marks pasted texts has ended: the terminal echoes the text alone.
    await alice.paste('afterwards');
    await alice.shows(/^afterwards$/);
  });

  it('does not accept an incoming call with a pasted y', async () => {
    const alice = await openTerminal('petra', {}, WIDE);
    await alice.shows(/● online/);
    const peter = await openTerminal('peter', { at: 1, contacts: 'petra' }, WIDE);
    await peter.shows(/^● petra$/);
    await peter.type('/call petra');
    await alice.shows(/is calling: accept\? \[y\/n\]$/);
    await alice.paste('y\n');
    await alice.shows(/^> y$/);
    await alice.key('Enter');
    await alice.shows(/^\* You are not connected yet\.$/);
    await alice.shows(/is calling: accept\? \[y\/n\]$/);
    await alice.press('n');
    await alice.shows(/^\* You declined the call from /);
    await peter.shows(/^\* petra declined the call\.$/);
  });

  it('shows an invitation as a link and a QR code, and leaves the code out if the terminal is too narrow', async () => {
    const alice = await openTerminal('ines', {}, HIGH);
    await alice.shows(/● online/);
    await alice.type('/invite');
    await alice.shows(/^white-rabbit:#server=ws/);
    await alice.shows(/^█{40,}$/);
    const bob = await openTerminal('igor', {}, NARROW);
    await bob.shows(/● online/);
    await bob.type('/invite');
    await bob.shows(/^\* The QR code needs a terminal of \d+/);
  });

  it('shows the progress of a file at both sides', async () => {
    const file = join(home, 'picture.raw');
    await writeFile(file, randomBytes(40_000_000));
    const alice = await openTerminal('sara', { contacts: 'sven' }, WIDE);
    const bob = await openTerminal('sven', { at: 1, contacts: 'sara', more: ['--accept'] }, NARROW);
    await alice.shows(/^● sven$/);
    await alice.type('/call sven');
    await alice.shows(/^↔ talking to sven · sealed$/);
    await alice.type(`/send ${file}`);
    await bob.shows(/^\* sara offers picture\.raw \(40\.0 MB\)\./);
    await alice.shows(/^↑ picture\.raw 0 %$/);
    await bob.type(`/receive ${join(home, 'in')}`);
    await Promise.all([alice.shows(/^↑ picture\.raw [1-9]\d? %$/), bob.shows(/^↓ picture\.raw [1-9]\d? %$/)]);
    await alice.shows(/^\* sven has received picture\.raw\. Its hash is right\.$/);
    await alice.hides(/ %$/);
    await bob.hides(/ %$/);
  });

  it('restores the terminal after Ctrl-C during a call', async () => {
    const alice = await openTerminal('gina', { contacts: 'hugo' }, WIDE);
    const hugo = await openTerminal('hugo', { at: 1, contacts: 'gina', more: ['--accept'] }, WIDE);
    await alice.shows(/^● hugo$/);
    await alice.type('/call hugo');
    await hugo.shows(/^↔ talking to gina · sealed$/);
    await alice.shows(/^↔ talking to hugo · sealed$/);
    await alice.press('what was begun');
    await alice.key('C-c');
    await alice.shows(/^exit code 0$/);
    await hugo.shows(/^\* gina hung up\.$/);
    const left = await alice.scrollback();
    expect(left).toContain('* You hung up.');
    expect(left).not.toMatch(/● online|what was begun/);
    expect(left).toMatch(/(?<!-)icanon/);
    expect(left).toMatch(/(?<!-)echo /);
    expect(await alice.cursor()).toMatch(/visible$/);
  });

  it('shows why the server refused the client, and ends', async () => {
    const alice = await openTerminal('ida', { key: 'WR1-WRONG' }, NARROW);
    await alice.shows(/^exit code 1$/);
    expect(await alice.scrollback()).toMatch(/^\* The server does not know this license\s+key\./m);
  });
});

async function openTerminal(name: string, options: UserOptions, size: Size): Promise<TmuxTerminal> {
  if (tmux === undefined) throw new Error(howToInstall(DEBIAN.tmux));
  const terminal = await TmuxTerminal.open(tmux, await lineOf(cluster, home, name, options), size);
  terminals.push(terminal);
  return terminal;
}
