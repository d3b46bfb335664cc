import type { CloseCode } from '@white-rabbit/protocol';

/** The way out to one client: its socket, as the domain sees it. The gateway's connection implements it. */
export interface FrameSink {
  /**
   * Gives one text frame to the socket, in the order of the calls. Never throws. `false`: the socket did not take the
   * frame, because it is closing or because too much waits for its client already; its session ends, if it has not yet.
   */
  send(frame: string): boolean;

  /** Closes the socket. `reason` is for people. */
  close(code: CloseCode, reason?: string): void;
}
