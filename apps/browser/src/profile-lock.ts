/** A tab that the browser has suspended does not leave when it is asked to; after this time its lock is taken. Milliseconds. */
const LEAVE_WITHIN_MS = 3_000;

const LEAVE = 'leave';

/**
 * The right to use a profile name in this browser. One tab has it, because the server allows one session for each identity
 * and would disconnect the tabs in turn (close code 4503). Made of a Web Lock, which ends with its tab.
 */
export class ProfileLock {
  readonly #release: () => void;
  readonly #onLost: () => void;
  readonly #requests: BroadcastChannel;
  #isLost = false;

  private constructor(name: string, release: () => void, onLost: () => void) {
    this.#release = release;
    this.#onLost = onLost;
    this.#requests = new BroadcastChannel(name);
    this.#requests.addEventListener('message', ({ data }) => {
      if (data === LEAVE) this.#lose();
    });
  }

  /**
   * Takes the lock of a profile name; `undefined` if another tab has it.
   *
   * @param onLost called when another tab takes it over. The application must leave and `release` the lock.
   */
  static take(name: string, onLost: () => void): Promise<ProfileLock | undefined> {
    return ProfileLock.#request(lockName(name), { ifAvailable: true }, onLost);
  }

  /** Takes the lock of a profile name from the tab that has it, after that tab has left. @param onLost see `take`. */
  static async takeOver(name: string, onLost: () => void): Promise<ProfileLock | undefined> {
    const lock = lockName(name);
    const channel = new BroadcastChannel(lock);
    channel.postMessage(LEAVE);
    channel.close();
    try {
      return await ProfileLock.#request(lock, { signal: AbortSignal.timeout(LEAVE_WITHIN_MS) }, onLost);
    } catch {
      return ProfileLock.#request(lock, { steal: true }, onLost);
    }
  }

  /** Rejects if the request was aborted before it got the lock. */
  static #request(name: string, options: LockOptions, onLost: () => void): Promise<ProfileLock | undefined> {
    return new Promise((resolve, reject) => {
      let held: ProfileLock | undefined;
      const hold = (lock: Lock | null): Promise<void> =>
        new Promise((release) => {
          held = lock === null ? undefined : new ProfileLock(name, release, onLost);
          if (!held) release();
          resolve(held);
        });
      navigator.locks.request(name, options, hold).catch((fault: unknown) => {
        // The request of a held lock fails if another tab steals it.
        if (held) held.#lose();
        else reject(fault instanceof Error ? fault : new Error(String(fault)));
      });
    });
  }

  /** Whether another tab takes the name over. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Leaves the name to another tab. */
  release(): void {
    this.#requests.close();
    this.#release();
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
