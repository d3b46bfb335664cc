/** One end of a pair: sends a payload to the other end, and reports each payload that arrives. */
export interface End {
  /** `payload` is the text of a JSON object. */
  send(payload: string): void;
  /** Given the whole frame that the payload arrived in. */
  onArrival: (frame: string) => void;
}

/** A server under test, running. */
export interface RunningSide {
  readonly name: string;
  /** Process whose CPU and memory count. */
  readonly pid: number;
  /** Pairs that can send to each other, both ways: ends in one flat list, each followed by its other end. */
  connect(pairs: number): Promise<readonly End[]>;
  /** That many sessions which do nothing. */
  idle(sessions: number): Promise<void>;
  /** Closes what `connect` and `idle` opened. */
  disconnect(): Promise<void>;
  stop(): Promise<void>;
}

/** How to start one. */
export type Side = () => Promise<RunningSide>;
