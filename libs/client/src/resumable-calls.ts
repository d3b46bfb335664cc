import type { Call } from './call.js';

/** Receives a call that resumes a connection. */
type Listener = (call: Call) => void;

/** Connections that this side has ended and still knows; the oldest are forgotten. */
const MAX_ENDED = 100;

/** The connections of a client that a call of their other peer may resume without ringing, by the id of their first call. */
export class ResumableCalls {
  readonly #standing = new Map<string, { readonly peerId: string; readonly onCall: Listener }>();
  readonly #ended = new Map<string, string>();

  /** The connection of this call stands: `onCall` receives the calls that resume it. */
  add({ id, peerId }: Pick<Call, 'id' | 'peerId'>, onCall: Listener): void {
    this.#standing.set(id, { peerId, onCall });
  }

  /** The connection of this call has ended. */
  end({ id, peerId }: Pick<Call, 'id' | 'peerId'>): void {
    if (!this.#standing.delete(id)) return;
    this.#ended.set(id, peerId);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /**
   * Whether an incoming call resumes a connection with this very peer. It is rejected if this side has ended the
   * connection: the other side has not noticed that, and there is nothing to ask the user.
   */
  take(call: Call, resumes: string): boolean {
    const standing = this.#standing.get(resumes);
    if (standing?.peerId === call.peerId) {
      standing.onCall(call);
      return true;
    }
    if (this.#ended.get(resumes) !== call.peerId) return false;
    void call.reject();
    return true;
  }
}
