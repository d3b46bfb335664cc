import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { lineOf, type UserOptions } from './command-line.js';
import { commandLine, HAS_PSEUDO_TERMINAL, TerminalProcess } from './terminal-process.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

const cluster = useCluster(2);
let home: string;
const processes: TerminalProcess[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((own) => own.stop()));
});
afterAll(async () => {
  await rm(home, { recursive: true });
});

async function piped(name: string, options: UserOptions = {}): Promise<TerminalProcess> {
  return kept(TerminalProcess.piped(await lineOf(cluster, home, name, options)));
}

async function inTerminal(name: string, options: UserOptions = {}, environment = {}): Promise<TerminalProcess> {
  return kept(TerminalProcess.inTerminal(await lineOf(cluster, home, name, options), environment));
}

function kept(own: TerminalProcess): TerminalProcess {
  processes.push(own);
  return own;
}

describeUnless(HAS_PSEUDO_TERMINAL ? '' : 'The command `script` is missing; it is part of util-linux.')(
  'Two terminal clients in pseudo-terminals on two gateways',
  () => {
    it('show presence, ring, accept, exchange texts and hang up', async () => {
      const alice = await inTerminal('alice', { contacts: 'bob' });
      await alice.shows('Connected to the server.');
      const bob = await inTerminal('bob', { at: 1, contacts: 'alice' });
      await bob.shows('Connected to the server.');
      await alice.shows('bob is online.');

      alice.type('/call bob');
      await bob.shows('alice is calling: accept? [y/n]');
      bob.press('y');
      await Promise.all([alice.shows('Connected to bob.'), bob.shows('Connected to alice.')]);

      alice.type('Curiouser and curiouser!');
      await bob.shows('alice: Curiouser and curiouser!');
      bob.press('Off with');
      bob.type(' their heads!');
      await alice.shows('bob: Off with their heads!');

      bob.type('/hangup');
      await bob.shows('You hung up.');
      await alice.shows('bob hung up.');
      alice.type('/quit');
      expect(await alice.exited).toBe(0);
      await bob.shows('alice is offline.');
      bob.press('\u0003');
      expect(await bob.exited).toBe(0);
      expect(alice.raw).toContain('\u001b[32m');
    });

    it('use no colors if NO_COLOR is set', async () => {
      const alice = await inTerminal('grey', { contacts: 'bob' }, { NO_COLOR: '1' });
      await alice.shows('Connected to the server.');
      alice.press('\u0004');
      expect(await alice.exited).toBe(0);
      // eslint-disable-next-line no-control-regex -- the expression must match colors
      expect(alice.raw).not.toMatch(/\u001b\[[\d;]*m/);
    });

    it('print plain lines on a dumb terminal, and execute the next line before the previous one has ended', async () => {
      const alice = await inTerminal('plain', { contacts: 'silent' }, { TERM: 'dumb' });
      await alice.shows('Connected to the server.');
      const caller = await cluster.peer('caller');
      const { peerId } = JSON.parse(await readFile(join(home, 'plain.json'), 'utf8')) as { peerId: string };
      await caller.ask('call', { peer_id: peerId, call_id: 'a-call-to-a-plain-terminal' });
      await alice.shows('is calling. /accept or /reject?');
      alice.type('/reject');
      await caller.next('reject', 10_000);
      alice.type('/help');
      await alice.shows('/call NAME');
      alice.press('\u0003');
      expect(await alice.exited).toBe(0);
      expect(alice.raw).not.toContain('\u001b');
    });
  },
);

describe('A terminal client with piped input', () => {
  it('delivers every line of a long input in order before it exits with 0', async () => {
    const bob = await piped('bill', { at: 1, contacts: 'ada', more: ['--accept'] });
    await bob.shows('Connected to the server.');
    const alice = await piped('ada', { contacts: 'bill' });
    alice.type('/call bill');
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number} ${'.'.repeat(60)}`);
    for (const line of lines) alice.type(line);
    alice.endInput();
    expect(await alice.exited).toBe(0);
    await bob.shows('ada hung up.');
    const received = bob.text.split('\n').filter((line) => line.startsWith('ada: '));
    expect(received).toEqual(lines.map((line) => `ada: ${line}`));
  }, 120_000);

  it('exits with 1 and a notice if its lines did not reach a peer that was killed', async () => {
    const bob = await piped('boris', { at: 1, contacts: 'agnes', more: ['--accept'] });
    await bob.shows('Connected to the server.');
    const alice = await piped('agnes', { contacts: 'boris' });
    alice.type('/call boris');
    alice.type('first');
    await bob.shows('agnes: first');
    await bob.kill();
    for (let number = 0; number < 5_000; number += 1) alice.type(`line ${number} ${'.'.repeat(60)}`);
    alice.endInput();
    await alice.shows(/boris confirmed \d+ of \d+ lines, and may not have received the others\./, 60_000);
    expect(await alice.exited).toBe(1);
  }, 120_000);

  it('exchanges texts line by line, and continues when both gateways are killed', async () => {
    const bob = await piped('bert', { at: 1, contacts: 'anna', more: ['--accept'] });
    await bob.shows('Connected to the server.');
    const alice = await piped('anna', { contacts: 'bert' });
    // All lines at once, like a script.
    alice.type('/call bert');
    alice.type('one');
    alice.type('//two');
    await bob.shows('anna: one');
    await bob.shows('anna: /two');
    expect(alice.raw).not.toContain('\u001b');

    await Promise.all(cluster.gateways.map((gateway) => gateway.kill('SIGKILL')));
    cluster.gateways.length = 0;
    await alice.shows('The server cannot be reached.');
    alice.type('three');
    await bob.shows('anna: three');
    bob.type('four');
    await alice.shows('bert: four');

    alice.type('five');
    alice.endInput();
    expect(await alice.exited).toBe(0);
    await bob.shows('anna: five');
    await bob.shows('anna hung up.');
    await Promise.all([cluster.add(), cluster.add()]);
  });

  it('sends blank lines and, escaped as the README says, lines that begin with a slash', async () => {
    const bob = await piped('bruno', { at: 1, contacts: 'aida', more: ['--accept'] });
    await bob.shows('Connected to the server.');
    const alice = await piped('aida', { contacts: 'bruno' });
    alice.type('/call bruno');
    const data = ['first', '', '/quit', '//etc', '  ', 'last'];
    for (const line of data) alice.type(line.replace(/^\//, '//'));
    alice.endInput();
    expect(await alice.exited).toBe(0);
    await bob.shows('aida hung up.');
    const received = bob.text.split('\n').filter((line) => line.startsWith('aida: '));
    expect(received).toEqual(data.map((line) => `aida: ${line}`));
  });

  it('exits with 1 if the reader of its output ends before its lines are executed', async () => {
    const line = commandLine(await lineOf(cluster, home, 'art', { contacts: 'absent' }));
    const script = `(echo '/call absent'; sleep 3) | (${line}; echo "exit code $?" >&2) | head -n 1`;
    const shell = kept(TerminalProcess.installed(['bash', '-c', script], []));
    await shell.shows('exit code 1');
  });

  it('rings again for a peer that was killed in a call and calls again at once', async () => {
    const [key, alice] = [await cluster.licenseKey(), await piped('abby', { contacts: 'bess' })];
    await alice.shows('Connected to the server.');
    const bob = await piped('bess', { at: 1, key, contacts: 'abby' });
    bob.type('/call abby');
    await alice.shows('bess is calling.');
    alice.type('/accept');
    await bob.shows('Connected to abby.');
    await bob.kill();
    const again = await piped('bess', { at: 1, key, contacts: 'abby' });
    again.type('/call abby');
    await alice.shows('The call with bess has ended: bess calls again.');
    await alice.shows('bess is calling.');
    alice.type('/accept');
    again.type('back again');
    await alice.shows('bess: back again');
  });

  it('stores an identity that only its owner can read, and uses it again', async () => {
    const key = await cluster.licenseKey();
    const first = await piped('carol', { key });
    await first.shows('Connected to the server.');
    first.endInput();
    expect(await first.exited).toBe(0);
    const file = join(home, 'carol.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await readFile(file, 'utf8');
    const second = await piped('carol', { key });
    await second.shows('Connected to the server.');
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

describe('A terminal client', () => {
  it('reports a wrong license key', async () => {
    const alice = await piped('alice', { key: 'WR1-WRONG' });
    await alice.shows('The server does not know this license key. Check it for a typing error.');
    expect(await alice.exited).toBe(1);
  });

  it('reports a wrong license key after the input has ended', async () => {
    const alice = await piped('amy', { key: 'WR1-WRONG' });
    alice.endInput();
    await alice.shows('The server does not know this license key.');
    expect(await alice.exited).toBe(1);
  });

  it('refuses an unknown contact and says what to do', async () => {
    const alice = await piped('abel', { more: ['--contacts', 'zoe'] });
    await alice.shows("There is no contact and no profile 'zoe' on this machine.");
    await alice.shows('/invite');
    expect(await alice.exited).toBe(2);
    expect(await readdir(home)).not.toContain('zoe.json');
  });

  it('reports a license that is in use on another device', async () => {
    const key = await cluster.licenseKey();
    const first = await piped('dora', { key });
    await first.shows('Connected to the server.');
    const second = await piped('emma', { key });
    await second.shows('This license is in use on another device');
    expect(await second.exited).toBe(1);
  });

  it('reports a profile that is used twice', async () => {
    const key = await cluster.licenseKey();
    const first = await piped('fred', { key });
    await first.shows('Connected to the server.');
    const second = await piped('fred', { key });
    await second.shows('Connected to the server.');
    await first.shows('You connected with this identity from another place');
    expect(await first.exited).toBe(1);
  });

  it('reports a peer that is offline, that declines, or that is not a contact', async () => {
    const alice = await piped('gina', { contacts: 'hugo' });
    alice.type('/call hugo');
    await alice.shows('hugo is not online.');
    const hugo = await piped('hugo', { at: 1, contacts: 'gina' });
    await alice.shows('hugo is online.');
    alice.type('/call');
    await hugo.shows('gina is calling.');
    hugo.type('/reject');
    await hugo.shows('You declined the call from gina.');
    await alice.shows('hugo declined the call.');
    alice.type('/call zoe');
    await alice.shows('There is no contact zoe. Your contacts: hugo. Use /call PEER_ID, or exchange invitations');
    alice.endInput();
    expect(await alice.exited).toBe(1);
  });

  it('reports that no network path was found to a peer that accepted', async () => {
    const silent = await cluster.peer('silent', { at: 1 });
    const alice = await piped('alma', { more: ['--contacts', `silent=${silent.peer_id}`] });
    alice.type('/call silent');
    const { data } = await silent.next('ring', 10_000);
    await silent.ask('accept', { call_id: data.call_id });
    await alice.shows('Connecting to silent …');
    await alice.shows('No network path was found between you and silent.', 45_000);
    await silent.close();
  });

  it('reports an unreachable server', async () => {
    const line = ['--url', 'ws://127.0.0.1:9/ws', '--key', 'WR1-X', '--name', 'ida', '--home', home];
    const alice = kept(TerminalProcess.piped(line));
    await alice.shows('The server cannot be reached. Reconnecting automatically.');
    await alice.stop();
    expect(await alice.exited).toBe(0);
  });

  it('reports an invalid command line', async () => {
    const missing = kept(TerminalProcess.piped(['--name', 'jane']));
    await missing.shows("required option '--key <key>' not specified");
    expect(await missing.exited).toBe(2);
    const malformed = kept(
      TerminalProcess.piped(await lineOf(cluster, home, 'kate', { more: ['--contacts', 'not a name'] })),
    );
    await malformed.shows("The contact 'not a name' is neither a peer id");
    expect(await malformed.exited).toBe(2);
  });
});
