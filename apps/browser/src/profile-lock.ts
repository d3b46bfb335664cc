import { holdLock, type Release } from './web-lock.js';

/** A tab that the browser has suspended does not leave when it is asked to; after this time its lock is taken. Milliseconds. */
const LEAVE_WITHIN_MS = 3_000;

const LEAVE = 'leave';

/**
 * The right to use a profile name in this browser. One tab has it, because the server allows one session for each identity
 * and would disconnect the tabs in turn (close code 4503).
 */
export class ProfileLock {
  readonly #onLost: () => void;
  readonly #requests: BroadcastChannel;
  #release: Release | undefined;
  #isLost = false;

  private constructor(name: string, onLost: () => void) {
    this.#onLost = onLost;
    this.#requests = new BroadcastChannel(name);
  }

  /**
   * Takes the lock of a profile name; `undefined` if another tab has it.
   *
   * @param onLost called when another tab takes it over. The application must leave and `release` the lock.
   */
  static async take(name: string, onLost: () => void): Promise<ProfileLock | undefined> {
    return new ProfileLock(lockName(name), onLost).#hold({ ifAvailable: true });
  }

  /** Takes the lock of a profile name from the tab that has it, after that tab has left. @param onLost see `take`. */
  static async takeOver(name: string, onLost: () => void): Promise<ProfileLock | undefined> {
    const lock = new ProfileLock(lockName(name), onLost);
    lock.#requests.postMessage(LEAVE);
    try {
      return await lock.#hold({ signal: AbortSignal.timeout(LEAVE_WITHIN_MS) });
    } catch {
      return lock.#hold({ steal: true });
    }
  }

  /** Whether another tab takes the name over. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Leaves the name to another tab. */
  release(): void {
    this.#requests.close();
    this.#release?.();
  }

  async #hold(options: LockOptions): Promise<ProfileLock | undefined> {
    this.#release = await holdLock(this.#requests.name, options, () => this.#lose());
    this.#requests.addEventListener('message', ({ data }) => {
      if (data === LEAVE) this.#lose();
    });
    if (this.#release) return this;
    this.#requests.close();
    return undefined;
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#onLost();
  }
}

/** A name is the same in every Unicode form, as for the identity. */
function lockName(name: string): string {
  return `white-rabbit profile ${name.normalize()}`;
}
