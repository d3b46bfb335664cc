import type { ErrorCode } from '@white-rabbit/protocol';
import type { Outcome } from '@white-rabbit/signaling';

/** What is traced: what takes time at the back ends. Signals are not, they are too many and too fast. */
export type SpanName = 'register' | 'register.database' | 'register.claim' | 'call' | 'drain';

/** How it went; the only thing, beside its times, that a span says. `gone`: nobody waited for it any more. */
export type SpanOutcome = ErrorCode | 'ok' | 'accepted' | 'gone' | 'failed';

/** Whether both peers of a call are at this node. */
export type CallPath = 'same_node' | 'across';

/** Something that takes time. Without names of anybody, as a log line is. */
export interface Span {
  /** A part of it. */
  child(name: SpanName): Span;
  /** Called once. */
  end(outcome: SpanOutcome, path?: CallPath): void;
}

/** Makes spans. A DI token. */
export abstract class Tracer {
  abstract start(name: SpanName): Span;
  /** Sends what is left, within its own limit. Never rejects. */
  abstract stop(): Promise<void>;
}

const NO_SPAN: Span = {
  child: () => NO_SPAN,
  end: () => undefined,
};

/** For a gateway that traces nothing: no library is loaded, no object is made. */
export const NO_TRACER: Tracer = new (class extends Tracer {
  override start(): Span {
    return NO_SPAN;
  }

  override stop(): Promise<void> {
    return Promise.resolve();
  }
})();

/** Ends the span with an outcome that may have to come from another node first. */
export function endWhenKnown(span: Span, outcome: Outcome | Promise<Outcome>, path: CallPath): void {
  if (span === NO_SPAN) return;
  if (!(outcome instanceof Promise)) {
    span.end(outcome, path);
    return;
  }
  outcome.then(
    (known) => {
      span.end(known, path);
    },
    () => {
      span.end('failed', path);
    },
  );
}
