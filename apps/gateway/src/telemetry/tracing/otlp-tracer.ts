import {
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  TraceIdRatioBasedSampler,
  ParentBasedSampler,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { upTo } from '../../up-to.js';
import { Tracer, type CallPath, type Span, type SpanName, type SpanOutcome } from './tracer.js';

/** The destination of spans, and the description of the gateway that sends them: no host, no process, no node. */
export interface OtlpOptions {
  /** The collector's endpoint for traces, such as `http://collector:4318/v1/traces`. */
  readonly url: string;
  /** Share of registers, calls and drains that is traced, 0 to 1. */
  readonly sample: number;
  readonly region: string;
  readonly version: string;
  /** Called after each batch with whether the collector accepted it. */
  readonly onExport: (isTaken: boolean) => void;
}

/** A batch that the collector has not accepted by then is dropped. Ms. */
const EXPORT_MS = 5_000;
/** Time limit for sending the remaining spans at the end. Ms. */
const STOP_MS = 2_000;
/** Maximum number of waiting spans; further spans are dropped. */
const QUEUE = 2_048;

/**
 * Outcomes that mark a span as failed: the step failed, or the register or call was refused because of a fault of the
 * server.
 */
const FAULTS: readonly SpanOutcome[] = ['failed', 'internal', 'unavailable', 'license_unavailable', 'undeliverable'];

/** Sends spans to an OpenTelemetry collector. Loaded only if a collector is configured. */
export class OtlpTracer extends Tracer {
  readonly #provider: TracerProvider;
  readonly #tracer: OtelTracer;

  constructor({ url, sample, region, version, onExport }: OtlpOptions) {
    super();
    const exporter = new WatchedExporter(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS }), onExport);
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': 'white-rabbit-gateway',
        'service.version': version,
        'cloud.region': region,
      }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sample) }),
      spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_MS, maxQueueSize: QUEUE })],
    });
    this.#tracer = this.#provider.getTracer('white-rabbit');
  }

  override start(name: SpanName): Span {
    return new OtlpSpan(this.#tracer, this.#tracer.startSpan(name, { root: true }));
  }

  override async stop(): Promise<void> {
    await upTo(
      STOP_MS,
      this.#provider.shutdown().catch(() => undefined),
    );
  }
}

class OtlpSpan implements Span {
  constructor(
    private readonly tracer: OtelTracer,
    private readonly span: OtelSpan,
  ) {}

  child(name: SpanName): Span {
    return new OtlpSpan(this.tracer, this.tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, this.span)));
  }

  end(outcome: SpanOutcome, path?: CallPath): void {
    this.span.setAttribute('wr.outcome', outcome);
    if (path !== undefined) this.span.setAttribute('wr.path', path);
    if (FAULTS.includes(outcome)) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

/** Reports the result of each batch, which the library itself does not report. */
class WatchedExporter implements SpanExporter {
  constructor(
    private readonly inner: SpanExporter,
    private readonly onExport: (isTaken: boolean) => void,
  ) {}

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.inner.export(spans, (result) => {
      // A failure always has an error; the enum of the result codes is in a package that this package must not
      // import.
      this.onExport(result.error === undefined);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }
}
