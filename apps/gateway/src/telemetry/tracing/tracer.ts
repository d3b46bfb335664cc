import type { ErrorCode } from '@white-rabbit/protocol';
import type { Outcome } from '@white-rabbit/signaling';

/**
 * The traced operations: those that wait for back ends. Signals are not traced, because they are too many and too
 * fast.
 */
export type SpanName = 'register' | 'register.database' | 'register.claim' | 'call' | 'drain';

/** The result; beside its times the only content of a span. `gone`: the client no longer waited for the answer. */
export type SpanOutcome = ErrorCode | 'ok' | 'accepted' | 'gone' | 'failed';

/** Whether both peers of a call are at this node. */
export type CallPath = 'same_node' | 'across';

/** A timed operation. Contains no ids of clients, like a log line. */
export interface Span {
  /** Starts a part of this operation. */
  child(name: SpanName): Span;
  /** Must be called once. */
  end(outcome: SpanOutcome, path?: CallPath): void;
}

/** Creates spans. A DI token. */
export abstract class Tracer {
  abstract start(name: SpanName): Span;
  /** Sends the remaining spans, within its own time limit. Never rejects. */
  abstract stop(): Promise<void>;
}

const NO_SPAN: Span = {
  child: () => NO_SPAN,
  end: () => undefined,
};

/** For a gateway without traces: no library is loaded and no object is created. */
export const NO_TRACER: Tracer = new (class extends Tracer {
  override start(): Span {
    return NO_SPAN;
  }

  override stop(): Promise<void> {
    return Promise.resolve();
  }
})();

/** Ends the span with an outcome that may still have to arrive from another node. */
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
