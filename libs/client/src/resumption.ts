import type { Call } from './call.js';
import type { Negotiation } from './negotiation.js';
import { readPeerSignal } from './peer-signal.js';

/** What a resumption needs from the connection that it restores. */
export interface ResumptionPort {
  /** Whether the connection is interrupted, or needs a negotiation. */
  readonly isNeeded: () => boolean;
  /** Starts a call that resumes the connection. */
  readonly call: () => Call;
  /** Resolves with `true` when the server answers this client, with `false` if it does not within seconds. */
  readonly reach: () => Promise<boolean>;
  /** Resolves with `true` when the other side answers over the connection, with `false` if it does not within seconds. */
  readonly probe: () => Promise<boolean>;
  /** The other side has no such connection any more. */
  readonly onGone: () => void;
}

/**
 * A callee whose connection stands accepts at once. If the call rings for longer, the callee has no network and the server
 * has not noticed, or it has no such connection any more and asks its user; the next attempt may tell. Milliseconds.
 */
const ACCEPT_WITHIN_MS = 5_000;
/** A call restores the connection in this time, or another is tried. Milliseconds. */
const RESTORE_WITHIN_MS = 12_000;
/** The call is kept this long after the connection works, because better candidates may follow. Milliseconds. */
const SETTLE_MS = 1_000;
/** How often it is checked whether both sides have exchanged descriptions. Milliseconds. */
const CHECK_EVERY_MS = 100;
/** The pause before the next attempt grows from the first to the last value. Milliseconds. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Restores a connection through another call (docs/protocol.md, section 10): after the network of a side changed, and for
 * a negotiation, such as that of a new track. Either side may begin; the caller restarts ICE.
 */
export class Resumption {
  readonly #negotiation: Negotiation;
  readonly #port: ResumptionPort;
  #isRunning = false;
  #isStopped = false;
  /** Starts a resumption, and is not answered yet. */
  #ringing: Call | undefined;
  /** Is accepted and carries the signals. */
  #call: Call | undefined;
  /** The other side of the current call has such a connection, too. */
  #isStanding = false;
  /** A call of the other side, until it is over. */
  #taken: Promise<void> = Promise.resolve();
  readonly #pauses = new Set<() => void>();

  constructor(negotiation: Negotiation, port: ResumptionPort) {
    this.#negotiation = negotiation;
    this.#port = port;
  }

  /** Calls the other side until the connection is restored. Never rejects. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let failures = 0; this.#isDue(); failures += 1) {
      const isReachable = await this.#port.reach();
      // The other side may have begun meanwhile: a call of this side would end its call.
      await this.#taken;
      if (isReachable && this.#isDue()) await this.#attempt(this.#port.call());
      if (this.#isDue()) await this.#pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0);
    }
    this.#isRunning = false;
  }

  /** The other side calls to resume the connection. Never rejects. */
  async take(call: Call): Promise<void> {
    this.#taken = this.#accept(call);
    await this.#taken;
    // An offer of this side may have got no answer.
    await this.start();
  }

  /** The connection has ended. */
  stop(): void {
    this.#isStopped = true;
    void this.#ringing?.hangup();
    void this.#call?.hangup();
    for (const end of this.#pauses) end();
  }

  #isDue(): boolean {
    return !this.#isStopped && this.#port.isNeeded();
  }

  async #accept(call: Call): Promise<void> {
    if (!(await call.accept()).ok) return;
    void call.signal({ resume: true });
    await this.#carry(call);
  }

  async #attempt(call: Call): Promise<void> {
    this.#ringing = call;
    const unanswered = setTimeout(() => void call.hangup(), ACCEPT_WITHIN_MS);
    const answer = await call.answered;
    clearTimeout(unanswered);
    this.#ringing = undefined;
    if (answer === 'declined') this.#port.onGone();
    if (answer !== 'accepted') return;
    // After a glare this side is the callee.
    if (call.role === 'callee') void call.signal({ resume: true });
    await this.#carry(call);
  }

  /** The call carries the signals until the connection works. */
  async #carry(call: Call): Promise<void> {
    if (this.#isStopped || call.state !== 'active') return void call.hangup();
    void this.#call?.hangup();
    this.#call = call;
    this.#negotiation.attach({
      polite: call.role === 'callee',
      isResumption: true,
      send: (signal) => void call.signal(signal),
    });
    this.#isStanding = call.role === 'callee';
    call.on('signal', (signal) => {
      if (this.#call === call) this.#onSignal(signal);
    });
    const late = setTimeout(() => void call.hangup(), RESTORE_WITHIN_MS);
    const why = await Promise.race([this.#whenRestored(call), call.ended]);
    clearTimeout(late);
    // Another call carries the signals.
    if (this.#call !== call) return;
    this.#call = undefined;
    this.#negotiation.detach();
    // The user of the other side accepted it as a new call.
    if (!this.#isStanding && why === 'hangup') this.#port.onGone();
  }

  /** The caller restarts ICE after the other side has said that its connection stands. */
  #onSignal(signal: object): void {
    if (this.#isStanding) {
      this.#negotiation.take(signal);
      return;
    }
    this.#isStanding = readPeerSignal(signal).resume === true;
    if (this.#isStanding) this.#negotiation.restart();
  }

  async #whenRestored(call: Call): Promise<void> {
    while (call.state === 'active' && !(await this.#isRestored())) await this.#pause(CHECK_EVERY_MS);
    if (call.state !== 'active') return;
    await this.#pause(SETTLE_MS);
    this.#negotiation.flush();
    await call.established();
  }

  async #isRestored(): Promise<boolean> {
    return this.#negotiation.isSettled && (await this.#port.probe());
  }

  /** Ends early if the resumption is stopped. */
  async #pause(ms: number): Promise<void> {
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#pauses.add(end);
    });
  }
}
