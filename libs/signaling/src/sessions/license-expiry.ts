import { setImmediate } from 'node:timers/promises';
import { CLOSE_CODES } from '@white-rabbit/protocol';
import type { Session } from '../state/session.js';

/** Licenses of one batch expire at the same moment: this many sessions are closed before the event loop continues. */
const SLICE = 500;

/**
 * Ends sessions when their license expires. A session on a license that never expires costs nothing; each other
 * session costs an entry. The entries are examined only when the next one is due.
 */
export class LicenseExpiry {
  /** When the license of each session expires; monotonic ms. */
  readonly #atMs = new Map<Session, number>();
  /** Not later than the earliest expiry. */
  #nextMs = Infinity;

  /** Number of sessions that will expire. */
  get size(): number {
    return this.#atMs.size;
  }

  /** The session ends at `atMs`, monotonic, unless it ends before. */
  expect(session: Session, atMs: number): void {
    this.#atMs.set(session, atMs);
    this.#nextMs = Math.min(this.#nextMs, atMs);
  }

  /** The session has ended. */
  forget(session: Session): void {
    this.#atMs.delete(session);
  }

  /** Closes the sessions that are due, a slice at a time. `nowMs` is monotonic. */
  async tick(nowMs: number): Promise<void> {
    if (nowMs < this.#nextMs) return;
    const due = this.#takeDue(nowMs);
    for (let at = 0; at < due.length; at += SLICE) {
      for (const session of due.slice(at, at + SLICE))
        session.sink.close(CLOSE_CODES.licenseRefused, 'license_expired');
      if (at + SLICE < due.length) await setImmediate();
    }
  }

  #takeDue(nowMs: number): Session[] {
    const due: Session[] = [];
    this.#nextMs = Infinity;
    for (const [session, atMs] of this.#atMs) {
      if (atMs <= nowMs) due.push(session);
      else this.#nextMs = Math.min(this.#nextMs, atMs);
    }
    for (const session of due) this.#atMs.delete(session);
    return due;
  }
}
