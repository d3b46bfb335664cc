import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import type { PageUser } from './page-user.js';
import { talking, two } from './two-users.js';

/** What a page has done to draw the attention of its user. */
interface Drawn {
  readonly notifications: { readonly title: string; readonly options: unknown; isClosed: boolean }[];
  asked: number;
  tones: number;
}

declare global {
  interface Window {
    drawn: Drawn;
  }
}

/** Runs in a page before its scripts: records notifications, questions for the permission, and tones. */
function record(): void {
  const drawn: Drawn = { notifications: [], asked: 0, tones: 0 };
  window.drawn = drawn;
  const Shown = window.Notification;
  window.Notification = class extends Shown {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      const kept = { title, options, isClosed: false };
      drawn.notifications.push(kept);
      const close = this.close.bind(this);
      this.close = () => {
        kept.isClosed = true;
        close();
      };
    }

    static override requestPermission(): Promise<NotificationPermission> {
      drawn.asked += 1;
      return Shown.requestPermission();
    }
  };
  window.AudioContext = class extends AudioContext {
    override createOscillator(): OscillatorNode {
      drawn.tones += 1;
      return super.createOscillator();
    }
  };
}

/** Runs in a page: a browser without windows has no hidden pages. */
function setVisibility(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** Reloads the page of the user with a record of what it does, and signs in again. */
async function recorded(user: PageUser): Promise<void> {
  await user.page.addInitScript(record);
  await user.page.reload();
  await user.press('Connect');
  await user.status('Connected');
}

function drawnBy(user: PageUser): Promise<Drawn> {
  return user.page.evaluate(() => window.drawn);
}

async function flip(user: PageUser, name: 'Notifications' | 'Sound'): Promise<void> {
  await user.press('Settings');
  await user.page.getByRole('switch', { name }).click();
  await user.page.getByRole('dialog', { name: 'Settings' }).getByRole('button', { name: 'Close' }).click();
}

describeInChromium('A page that is hidden', (browsers) => {
  it('shows no notification and makes no sound until the user turns them on', async () => {
    const [alice, bob] = await two(browsers());
    await recorded(alice);
    await alice.page.evaluate(setVisibility, 'hidden' as const);
    await talking(bob, alice);
    await bob.says('Hello?');
    expect(await drawnBy(alice)).toEqual({ notifications: [], asked: 0, tones: 0 });
  });

  it('shows a notification of a ring and of a text with the name of the peer alone', async () => {
    const [alice, bob] = await two(browsers());
    await alice.page.context().grantPermissions(['notifications']);
    await recorded(alice);
    await flip(alice, 'Notifications');
    await alice.page.evaluate(setVisibility, 'hidden' as const);
    await talking(bob, alice);
    await bob.says('Off with their heads!');
    const { notifications, tones } = await drawnBy(alice);
    expect(notifications.map(({ title }) => title)).toEqual(['bob is calling you', 'bob wrote to you']);
    // The ring has ended; the text has not been seen.
    expect(notifications.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(JSON.stringify(notifications)).not.toContain('heads');
    expect(tones).toBe(0);
    await alice.page.evaluate(setVisibility, 'visible' as const);
    expect((await drawnBy(alice)).notifications.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  it('keeps the settings, and asks for the permission when the user turns notifications on', async () => {
    const [alice] = await two(browsers());
    await recorded(alice);
    expect((await drawnBy(alice)).asked).toBe(0);
    await flip(alice, 'Notifications');
    await flip(alice, 'Sound');
    expect((await drawnBy(alice)).asked).toBe(1);
    await alice.page.context().grantPermissions(['notifications']);
    await alice.page.reload();
    await alice.press('Connect');
    await alice.press('Settings');
    const isOn = (name: string) => alice.page.getByRole('switch', { name, checked: true });
    await isOn('Sound').waitFor();
    expect(await isOn('Notifications').count()).toBe(0);
  });

  it('makes sounds if the user has turned them on', async () => {
    const [alice, bob] = await two(browsers());
    await recorded(alice);
    await flip(alice, 'Sound');
    await alice.page.evaluate(setVisibility, 'hidden' as const);
    await bob.choose('alice');
    await bob.press('Call');
    await alice.page.waitForFunction(() => window.drawn.tones > 0);
    await alice.press('Accept');
    await bob.reads(/^Connected to alice\./);
    const { tones } = await drawnBy(alice);
    await bob.says('Hello?');
    await alice.page.waitForFunction((before) => window.drawn.tones > before, tones);
    // A page that the user sees is quiet when a text arrives.
    await alice.page.evaluate(setVisibility, 'visible' as const);
    const before = (await drawnBy(alice)).tones;
    await bob.says('And again.');
    expect((await drawnBy(alice)).tones).toBe(before);
  });
});
