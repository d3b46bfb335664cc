import { askForNotifications, notificationAccess, type NotificationAccess } from '../attention.js';
import type { Settings } from '../settings.js';
import { element, showText } from './element.js';
import { Panel } from './panel.js';

const HINTS: Readonly<Record<NotificationAccess, string>> = {
  allowed: 'For calls and texts while this page is hidden. A notification shows the name of the peer and no text.',
  ask: 'For calls and texts while this page is hidden. The browser will ask you for the permission.',
  refused: 'This browser refuses notifications of this page. You can change that in the settings of the browser.',
  none: 'This browser has no notifications.',
};

/** The panel with the switches for notifications and sounds. */
export class SettingsPanel {
  readonly #panel = new Panel('#settings', () => this.#show());
  readonly #notifications = element('#notifications', HTMLButtonElement);
  readonly #hint = element('#notifications-hint', HTMLElement);
  readonly #sound = element('#sound', HTMLButtonElement);
  readonly #onSettings: (settings: Settings) => void;
  #settings: Settings;

  /** @param onSettings receives the settings after each change. */
  constructor(settings: Settings, onSettings: (settings: Settings) => void) {
    this.#settings = settings;
    this.#onSettings = onSettings;
    this.#notifications.addEventListener('click', () => void this.#switchNotifications());
    this.#sound.addEventListener('click', () => this.#change({ sound: !this.#settings.sound }));
  }

  close(): void {
    this.#panel.close();
  }

  async #switchNotifications(): Promise<void> {
    const isOn = this.#isNotifying || (await askForNotifications()) !== 'allowed';
    this.#change({ notifications: !isOn });
  }

  #change(changed: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changed };
    this.#onSettings(this.#settings);
    this.#show();
  }

  #show(): void {
    const access = notificationAccess();
    this.#notifications.setAttribute('aria-checked', String(this.#isNotifying));
    this.#notifications.disabled = access === 'refused' || access === 'none';
    showText(this.#hint, HINTS[access]);
    this.#sound.setAttribute('aria-checked', String(this.#settings.sound));
  }

  get #isNotifying(): boolean {
    return this.#settings.notifications && notificationAccess() === 'allowed';
  }
}
