/** Releases a lock. */
export type Release = () => void;

/**
 * Holds a Web Lock, which is the same for all tabs of this browser at this address, until it is released or its tab ends.
 * Resolves with `undefined` if the lock is not available and `options.ifAvailable` is set.
 *
 * @param onStolen called when another tab takes a held lock (`options.steal`).
 * @throws the reason of `options.signal`, if it was aborted before the lock was available.
 */
export function holdLock(name: string, options: LockOptions, onStolen?: () => void): Promise<Release | undefined> {
  return new Promise((resolve, reject) => {
    let isHeld = false;
    const hold = (lock: Lock | null): Promise<void> =>
      new Promise((release) => {
        isHeld = lock !== null;
        resolve(isHeld ? release : undefined);
        if (!isHeld) release();
      });
    navigator.locks.request(name, options, hold).catch((fault: unknown) => {
      // The request of a held lock fails if another tab steals it.
      if (isHeld) onStolen?.();
      else reject(fault instanceof Error ? fault : new Error(String(fault)));
    });
  });
}
