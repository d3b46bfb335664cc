import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually, PrivateNetwork, whyNoNamespaces, type Host } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import type { BrowserCluster } from './browser-cluster.js';
import { describeInChromium } from './describe-in-chromium.js';
import type { PageUser } from './page-user.js';
import { RoamingBrowsers } from './roaming-user.js';

/** A connection is restored on a busy machine. Milliseconds. */
const RESTORED_MS = 40_000;
/** A whole test. Milliseconds. */
const TEST_MS = 180_000;

const lacks = whyNoNamespaces();

/** A suite with a real Chromium and network namespaces. */
function describeWithNetwork(title: string, tests: (browsers: () => BrowserCluster) => void): void {
  if (lacks === '') describeInChromium(title, tests);
  else describeUnless(lacks)(title, () => it('runs', () => undefined));
}

const LINES = Array.from({ length: 30 }, (_, number) => `line ${number}`);

/** The texts of the conversation that came from the other user. */
const linesOf = (user: PageUser) => user.page.locator('#log .theirs p').allTextContents();

/** Types these lines without waiting for their delivery. */
async function types(user: PageUser, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    await user.field('Message').fill(line);
    await user.field('Message').press('Enter');
  }
}

const hasAll = (user: PageUser, lines: readonly string[]) =>
  eventually(
    `${user.name} has received all lines`,
    async () => {
      expect(await linesOf(user)).toEqual(lines);
      return true;
    },
    { deadlineMs: RESTORED_MS },
  );

describeWithNetwork('A conversation of a page in Chromium', (browsers) => {
  let network: PrivateNetwork;
  let roaming: RoamingBrowsers;
  let urls: readonly string[];

  beforeAll(async () => {
    network = new PrivateNetwork();
    roaming = await RoamingBrowsers.open();
    urls = await Promise.all(browsers().cluster.gateways.map(({ url }) => network.reach(url)));
  });
  afterEach(() => roaming.clear());
  afterAll(async () => {
    await roaming.close();
    network.close();
  });

  async function open(host: Host, name: string): Promise<PageUser> {
    return browsers().own(await roaming.user(host, browsers().pageUrl, name));
  }

  /** Two connected users at two gateways, at hosts with these numbers. */
  async function talking(numbers: readonly [number, number]) {
    const [one, two] = [network.host(numbers[0]), network.host(numbers[1])];
    const [alice, bob] = await Promise.all([open(one, 'alice'), open(two, 'bob')]);
    const signIn = (at: number, contacts: string) => browsers().newSignIn(at, { url: urls[at] ?? '', contacts });
    await Promise.all([alice.join(await signIn(0, bob.contact)), bob.join(await signIn(1, alice.contact))]);
    await Promise.all([alice.sees('bob', 'online'), bob.sees('alice', 'online')]);
    await alice.choose('bob');
    await alice.press('Call');
    await bob.ring('alice').waitFor();
    await bob.press('Accept');
    await Promise.all([alice.reads(/^Connected to bob\./), bob.reads(/^Connected to alice\./)]);
    return { alice, bob, one, two };
  }

  /** The same conversation goes on in both directions, and nothing rang. */
  async function expectGoesOn(alice: PageUser, bob: PageUser): Promise<void> {
    await bob.says('an answer');
    await alice.receives('an answer');
    for (const user of [alice, bob]) {
      expect(await user.page.getByText(/^Connected to (alice|bob)\./).count()).toBe(1);
      expect(await user.page.getByRole('alertdialog').filter({ visible: true }).count()).toBe(0);
    }
  }

  it(
    'goes on after the address of one page changed, and loses no line',
    async () => {
      const { alice, bob, one } = await talking([11, 12]);
      one.moveTo(13);
      await types(alice, LINES);
      await hasAll(bob, LINES);
      await expectGoesOn(alice, bob);
    },
    TEST_MS,
  );

  it(
    'goes on after one page had no network for 10 s, and loses no line',
    async () => {
      const { alice, bob, two } = await talking([21, 22]);
      two.unplug();
      await types(alice, LINES);
      await pass(10_000);
      two.plug();
      await hasAll(bob, LINES);
      await expectGoesOn(alice, bob);
    },
    TEST_MS,
  );

  it(
    'with the terminal client goes on after the address of the page changed, and loses no line',
    async () => {
      const host = network.host(41);
      const alice = await open(host, 'alice');
      const tom = browsers().terminal('tom', await browsers().newSignIn(1, { contacts: alice.contact }));
      const tomId = await tom.peerId();
      await tom.shows(/Connected to the server/);
      await alice.join(await browsers().newSignIn(0, { url: urls[0] ?? '', contacts: `tom=${tomId}` }));
      await alice.sees('tom', 'online');
      await alice.choose('tom');
      await alice.press('Call');
      await tom.shows(/alice is calling/);
      tom.type('/accept');
      await alice.reads(/^Connected to tom\./);
      host.moveTo(42);
      await types(alice, LINES);
      for (const line of LINES) {
        await tom.shows(new RegExp(`alice: ${line}\\n`));
        tom.type(`to ${line}`);
      }
      await hasAll(
        alice,
        LINES.map((line) => `to ${line}`),
      );
    },
    TEST_MS,
  );

  it(
    'goes on if the gateway of one page was killed while its address changed, and loses no line',
    async () => {
      const { alice, bob, one } = await talking([31, 32]);
      one.unplug();
      const [gateway] = browsers().cluster.gateways.splice(0, 1);
      if (!gateway) throw new Error('There is no gateway.');
      await gateway.kill('SIGKILL');
      await types(alice, LINES);
      one.moveTo(33);
      one.plug();
      await browsers().revive([gateway.port]);
      await hasAll(bob, LINES);
      await expectGoesOn(alice, bob);
    },
    TEST_MS,
  );
});
