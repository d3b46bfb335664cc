import { Injectable } from '@nestjs/common';

/** Paces are multiples of this. Ms. */
const STEP_MS = 10;
/** Longest pace: no refusal waits longer because the database was slow before. Ms. */
const MAX_PACE_MS = 500;
/** A slow look-up is forgotten by and by: with each look-up, this part of it counts on. */
const MEMORY = 0.98;

/** A register on its way to its answer. Dispose it when the answer is known. */
export class PacedRegister implements Disposable {
  /** Resolves when a refusal may be sent. */
  readonly refusable: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(paceMs: number) {
    this.refusable = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, paceMs);
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/**
 * The time from a register's arrival to its refusal, the same for each reason: longer than the look-up of a key takes, so that
 * the time does not reveal what was found. `npm run refusals` measures it. Accepted registers
 * do not wait.
 */
@Injectable()
export class RefusalPace {
  #slowestMs = 0;

  /** Twice the time of the slowest recent look-up, in whole steps. Ms. */
  get paceMs(): number {
    const steps = Math.max(1, Math.ceil((2 * this.#slowestMs) / STEP_MS));
    return Math.min(MAX_PACE_MS, steps * STEP_MS);
  }

  /**
   * To be called at the arrival of each register, before anything depends on its license: the timer then has the same start
   * whatever is found. It is precise to a millisecond only.
   */
  begin(): PacedRegister {
    return new PacedRegister(this.paceMs);
  }

  /** Records how long the look-up of a key took. Ms. */
  lookedUp(ms: number): void {
    this.#slowestMs = Math.max(ms, this.#slowestMs * MEMORY);
  }
}
