import type { News } from './news.js';
import type { Settings } from './settings.js';
import { sentenceOfNews } from './sentences.js';
import { Sound } from './sound.js';

/** What the browser allows: `ask` until the user has answered, `none` if it has no notifications. */
export type NotificationAccess = 'allowed' | 'ask' | 'refused' | 'none';

/** Shows the user with notifications and sounds that a peer rings or has written, as far as the settings allow it. */
export class Attention {
  readonly #onChosen: (peerId: string) => void;
  readonly #sound = new Sound();
  readonly #shown = new Map<string, Notification>();
  #settings: Settings;
  #ringing: readonly string[] = [];

  /** @param onChosen called with the peer of a notification that the user clicks. */
  constructor(settings: Settings, onChosen: (peerId: string) => void) {
    this.#settings = settings;
    this.#onChosen = onChosen;
    document.addEventListener('visibilitychange', () => {
      if (!isHidden()) this.#closeAll();
    });
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    this.#settings = settings;
    if (!settings.notifications) this.#closeAll();
    this.#ring();
  }

  /** Announces a ring, a text or a file if the page is hidden. @param name the peer's name, all that a notification shows of it. */
  announce({ kind, peerId }: News, name: string): void {
    if (!isHidden()) return;
    if (this.#settings.notifications) this.#notify(`${kind} ${peerId}`, sentenceOfNews(kind, name), peerId);
    if (this.#settings.sound && kind !== 'ring') this.#sound.text();
  }

  /** Starts and stops the ring tone, and closes the notifications of calls that no longer ring. */
  setRinging(peerIds: readonly string[]): void {
    for (const peerId of this.#ringing) if (!peerIds.includes(peerId)) this.#close(`ring ${peerId}`);
    this.#ringing = peerIds;
    this.#ring();
  }

  #ring(): void {
    if (this.#settings.sound && this.#ringing.length > 0) this.#sound.startRing();
    else this.#sound.stopRing();
  }

  #notify(tag: string, title: string, peerId: string): void {
    if (notificationAccess() !== 'allowed') return;
    try {
      const shown = new Notification(title, { tag, silent: true, icon: '/icon-192.png' });
      this.#shown.set(tag, shown);
      shown.addEventListener('close', () => this.#shown.get(tag) === shown && this.#shown.delete(tag));
      shown.addEventListener('click', () => {
        window.focus();
        this.#onChosen(peerId);
        shown.close();
      });
    } catch {
      // Chromium on Android shows notifications of service workers only, and throws a TypeError.
    }
  }

  #closeAll(): void {
    for (const tag of this.#shown.keys()) this.#close(tag);
  }

  #close(tag: string): void {
    this.#shown.get(tag)?.close();
    this.#shown.delete(tag);
  }
}

/** Whether the browser shows notifications of this page. */
export function notificationAccess(): NotificationAccess {
  if (!('Notification' in window)) return 'none';
  const answers = { granted: 'allowed', default: 'ask', denied: 'refused' } as const;
  return answers[Notification.permission];
}

/** Asks the user to allow notifications. Call it only when the user has pressed a button for it. */
export async function askForNotifications(): Promise<NotificationAccess> {
  if (notificationAccess() === 'ask') await Notification.requestPermission();
  return notificationAccess();
}

function isHidden(): boolean {
  return document.visibilityState === 'hidden';
}
