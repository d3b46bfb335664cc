import type { PeerId, Status } from '@white-rabbit/protocol';
import { type Contact, NO_ITEMS, type NodeId, type Session, type SmallSet } from '@white-rabbit/signaling';

const ONLINE = 1;
const READY = 2;
const WATCH = 4;

/**
 * What a node stores about one peer that its sessions watch. There may be 500,000, most of them OFFLINE with one
 * watcher, so it is as small as possible: a further field costs each of them 8 bytes.
 */
export class WatchedPeer implements Contact {
  watchers: SmallSet<Session> = NO_ITEMS;
  /** The node of its route, whether or not that node is running. */
  node: NodeId | undefined = undefined;
  /** `ONLINE`, `READY`, and `WATCH` for each watch. */
  #state = 0;

  /** @param changedAt Number of the change that was the last to come in when this one did: older reads do not count. */
  constructor(
    readonly peer: PeerId,
    public changedAt: number,
  ) {}

  /** The last reported status. */
  get status(): Status {
    return this.isOnline ? 'ONLINE' : 'OFFLINE';
  }

  get isOnline(): boolean {
    return (this.#state & ONLINE) !== 0;
  }

  set isOnline(is: boolean) {
    this.#set(ONLINE, is);
  }

  /** Whether it was read. Nothing is reported before. */
  get isReady(): boolean {
    return (this.#state & READY) !== 0;
  }

  set isReady(is: boolean) {
    this.#set(READY, is);
  }

  /** Whether it has watches. */
  get isWatched(): boolean {
    return this.#state >= WATCH;
  }

  /** Adds a watch. */
  watch(): void {
    this.#state += WATCH;
  }

  /** Ends a watch. Returns whether there was one. */
  unwatch(): boolean {
    if (!this.isWatched) return false;
    this.#state -= WATCH;
    return true;
  }

  #set(flag: number, is: boolean): void {
    this.#state = is ? this.#state | flag : this.#state & ~flag;
  }
}
