import type { Screen } from '../src/screen.js';

/** A screen that remembers what it has shown. */
export class RecordingScreen implements Screen {
  readonly interactive: boolean;
  readonly hasKeys: boolean;
  readonly columns = undefined;
  readonly keepsView = false;
  readonly notices: string[] = [];
  readonly received: string[] = [];

  constructor({ interactive = false, hasKeys = false } = {}) {
    this.interactive = interactive;
    this.hasKeys = hasKeys;
  }

  notify(text: string): void {
    this.notices.push(text);
  }

  showReceived(name: string, text: string): void {
    this.received.push(`${name}: ${text}`);
  }

  showSent(): void {
    return;
  }

  showLines(): void {
    return;
  }

  show(): void {
    return;
  }

  listen(): void {
    return;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
