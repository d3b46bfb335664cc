import type { RegisterError } from '@white-rabbit/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { Telemetry } from '../telemetry.js';
import type { Span } from '../tracing/tracer.js';

/** The result of a register. `gone`: the connection ended before the answer. */
export type RegisterVerdict = RegisterError | 'accepted' | 'gone';

/** The steps of a register that wait for a back end. */
export type RegisterStep = 'database' | 'claim';

/** The pending registers: their number, their duration, and the time of each step. */
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
      // If the connection is gone, no answer was sent and the duration means nothing.
      if (verdict === 'gone') return;
      this.telemetry.metrics.registerTimes.note(performance.now() - startMs);
    });
  }
}

/** Measures one pending register. */
export class RegistrationTimer {
  constructor(
    private readonly span: Span,
    private readonly onEnd: (verdict: RegisterVerdict) => void,
  ) {}

  /** Runs a step and returns its result. */
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

  /** Must be called once. */
  end(verdict: RegisterVerdict): void {
    this.span.end(verdict);
    this.onEnd(verdict);
  }
}
