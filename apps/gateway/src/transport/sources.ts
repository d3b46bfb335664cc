import { Inject, Injectable } from '@nestjs/common';
import { SourceConfig } from '../config/slices.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { Source, type SourceRules } from './source.js';

/** Sources in memory at once. Beyond it the least recently used one is dropped. */
export const MAX_SOURCES = 20_000;
/** How often idle sources are dropped. Ms. */
const SWEEP_MS = 10_000;

/**
 * The sources whose limits are in use, in the memory of this process only. A source is dropped about a minute after its
 * last use; it is never logged, stored or shown in metrics.
 */
@Injectable()
export class Sources {
  /** The least recently used first. */
  readonly #all = new Map<string, Source>();
  #timer: NodeJS.Timeout | undefined;

  readonly #rules: SourceRules;

  constructor(config: SourceConfig, @Inject(Metrics) metrics: Pick<Metrics, 'sourcesLimited'>) {
    const { connectRate, connectBurst, unregistered, refusalsPerMinute } = config;
    this.#rules = {
      ...{ connectRate, connectBurst, unregistered, refusalsPerMinute },
      onLimited: (limit) => {
        metrics.sourcesLimited.count(limit);
      },
    };
  }

  /** Sources in memory now. */
  get size(): number {
    return this.#all.size;
  }

  /** The source of that name. `undefined` if there is no name, or if all limits are off. */
  of(name: string | undefined): Source | undefined {
    if (name === undefined || this.#isOff) return undefined;
    const source = this.#all.get(name) ?? new Source(name, this.#rules);
    this.#all.delete(name);
    this.#all.set(name, source);
    if (this.#all.size > MAX_SOURCES) this.#forgetOldest();
    this.#timer ??= setInterval(() => {
      this.#sweep(performance.now());
    }, SWEEP_MS).unref();
    return source;
  }

  get #isOff(): boolean {
    const { connectRate, unregistered, refusalsPerMinute } = this.#rules;
    return connectRate === 0 && unregistered === 0 && refusalsPerMinute === 0;
  }

  #forgetOldest(): void {
    for (const name of this.#all.keys()) {
      this.#all.delete(name);
      return;
    }
  }

  #sweep(nowMs: number): void {
    for (const [name, source] of this.#all) if (source.isIdle(nowMs)) this.#all.delete(name);
    if (this.#all.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
