import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';
import { RegistrationMetrics } from './registration-metrics.js';
import { Tracer, type Span, type SpanName, type SpanOutcome } from '../tracing/tracer.js';

/** Records the outcomes of its spans. */
class RecordingTracer extends Tracer {
  readonly ended: [SpanName, SpanOutcome][] = [];

  override start(name: SpanName): Span {
    return {
      child: (child) => this.start(child),
      end: (outcome) => this.ended.push([name, outcome]),
    };
  }

  override stop(): Promise<void> {
    return Promise.resolve();
  }
}

function registering() {
  const times: number[] = [];
  const [metrics, tracer] = [new Metrics(), new RecordingTracer()];
  metrics.registerTimes.note = (ms) => times.push(ms);
  return { times, tracer, registers: new RegistrationMetrics({ metrics, tracer }) };
}

describe('A register', () => {
  it('is in flight until it ends, and is timed and traced with its steps', async () => {
    const { times, tracer, registers } = registering();
    const progress = registers.begin();
    expect(registers.inFlight).toBe(1);
    expect(await progress.step('database', () => Promise.resolve('a verdict'))).toBe('a verdict');
    await progress.step('claim', () => Promise.resolve());
    progress.end('accepted');
    expect([registers.inFlight, times.length]).toEqual([0, 1]);
    expect(tracer.ended).toEqual([
      ['register.database', 'ok'],
      ['register.claim', 'ok'],
      ['register', 'accepted'],
    ]);
  });

  it('fails if a step fails, and the span of the step records the failure', async () => {
    const { tracer, registers } = registering();
    const progress = registers.begin();
    await expect(progress.step('claim', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(tracer.ended).toEqual([['register.claim', 'failed']]);
  });

  it('has no duration if its client disconnected before the answer', () => {
    const { times, registers } = registering();
    registers.begin().end('gone');
    expect([registers.inFlight, times]).toEqual([0, []]);
  });
});
