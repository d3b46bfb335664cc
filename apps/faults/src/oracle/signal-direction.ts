/** One direction of a call. */
export interface Way {
  readonly call: string;
  readonly from: string;
  readonly to: string;
}

/** The signals of one side of a call, numbered from 0. */
export interface Direction extends Way {
  next: number;
  /** Highest number that arrived. */
  highest: number;
  readonly arrived: Set<number>;
  /** Acknowledged, not arrived yet: when the ack came. */
  readonly acked: Map<number, number>;
  /** Sent without `ref`, not arrived yet: when. */
  readonly unasked: Map<number, number>;
  /** When errors without `ref` came that are not assigned to a signal yet. */
  errors: number[];
  /** Answered with an error that says that nothing was sent. */
  readonly refused: Set<number>;
  receiverGoneAtMs: number | undefined;
  lastMs: number;
}

/** Nothing was sent yet. */
export function newDirection(way: Way, receiverGoneAtMs: number | undefined, nowMs: number): Direction {
  return {
    ...way,
    next: 0,
    highest: -1,
    arrived: new Set(),
    acked: new Map(),
    unasked: new Map(),
    errors: [],
    refused: new Set(),
    receiverGoneAtMs,
    lastMs: nowMs,
  };
}

/** For examples of violations. */
export function nameOf({ from, call }: Direction): string {
  return `signal of ${from} in ${call}`;
}
