import type { RegisterError } from '@white-rabbit/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { Telemetry } from '../telemetry.js';
import type { Span } from '../tracing/tracer.js';

/** What a register came to. `gone`: the connection ended meanwhile. */
export type RegisterVerdict = RegisterError | 'accepted' | 'gone';

/** The steps of a register that wait for a back end. */
export type RegisterStep = 'database' | 'claim';

/** The registers being looked at: how many, for how long, and where their time goes. */
@Injectable()
export class RegistrationMetrics {
  #inFlight = 0;

  constructor(@Inject(Telemetry) private readonly telemetry: Pick<Telemetry, 'metrics' | 'tracer'>) {}

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts a verdict that was sent to a client. */
  count(verdict: Exclude<RegisterVerdict, 'gone'>): void {
    this.telemetry.metrics.registers.count(verdict);
  }

  begin(): RegistrationTimer {
    this.#inFlight += 1;
    const startMs = performance.now();
    return new RegistrationTimer(this.telemetry.tracer.start('register'), (verdict) => {
      this.#inFlight -= 1;
      // If the connection is gone there was no answer, and the time means nothing.
      if (verdict === 'gone') return;
      this.telemetry.metrics.registerTimes.note(performance.now() - startMs);
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
