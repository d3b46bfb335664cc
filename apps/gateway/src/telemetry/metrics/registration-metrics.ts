import type { RegisterError } from '@white-rabbit/protocol';
import type { FastHistogram } from './fast-histogram.js';
import type { Span, Tracer } from '../tracing/tracer.js';

/** What a register came to. `gone`: the connection ended meanwhile. */
export type RegisterVerdict = RegisterError | 'accepted' | 'gone';

/** The steps of a register that wait for a back end. */
export type RegisterStep = 'database' | 'claim';

/** The registers being looked at: how many, for how long, and where their time goes. */
export class RegistrationMetrics {
  #inFlight = 0;

  constructor(
    private readonly times: Pick<FastHistogram, 'note'>,
    private readonly tracer: Tracer,
  ) {}

  get inFlight(): number {
    return this.#inFlight;
  }

  begin(): RegistrationTimer {
    this.#inFlight += 1;
    const startMs = performance.now();
    return new RegistrationTimer(this.tracer.start('register'), (verdict) => {
      this.#inFlight -= 1;
      // One that nobody waited for has no answer whose time would mean anything.
      if (verdict !== 'gone') this.times.note(performance.now() - startMs);
    });
  }
}

/** One register on its way. */
export class RegistrationTimer {
  constructor(
    private readonly span: Span,
    private readonly onEnd: (verdict: RegisterVerdict) => void,
  ) {}

  /** Runs a step and passes its result on. */
  async step<T>(step: RegisterStep, work: () => Promise<T>): Promise<T> {
    const span = this.span.child(`register.${step}`);
    let outcome: 'ok' | 'failed' = 'failed';
    try {
      const result = await work();
      outcome = 'ok';
      return result;
    } finally {
      span.end(outcome);
    }
  }

  /** Called once. */
  end(verdict: RegisterVerdict): void {
    this.span.end(verdict);
    this.onEnd(verdict);
  }
}
