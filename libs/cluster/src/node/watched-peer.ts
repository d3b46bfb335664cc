import type { PeerId, Status } from '@white-rabbit/protocol';
import { type Contact, NO_ITEMS, type NodeId, type Session, type SmallSet } from '@white-rabbit/signaling';

/** The parts of a state. Together 31 bits: the engine stores a number of that size in the record itself. */
const ONLINE = 1;
const READY = 2;
const VERSION = 4;
const VERSIONS = 256;
const WATCH = VERSION * VERSIONS;

/**
 * What a node stores about one peer that its sessions watch. There may be 500,000, most of them OFFLINE with one
 * watcher, so it is as small as possible: a further field costs each of them 8 bytes.
 */
export class WatchedPeer implements Contact {
  watchers: SmallSet<Session> = NO_ITEMS;
  /** The node of its route, whether or not that node is running. */
  node: NodeId | undefined = undefined;
  /** `ONLINE`, `READY`, `VERSION` times the version, and `WATCH` times the number of watches. */
  #state = 0;

  constructor(readonly peer: PeerId) {}

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

  /**
   * Another after each change, modulo 256: a read during which it changed does not count. No peer changes 256 times within
   * the 1.5 s that a read may take.
   */
  get version(): number {
    return Math.floor(this.#state / VERSION) % VERSIONS;
  }

  /** A change of the peer was received. */
  touch(): void {
    this.#state += (this.version + 1 < VERSIONS ? 1 : 1 - VERSIONS) * VERSION;
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
