import type { CloseCode } from '@white-rabbit/protocol';

/** Port: sends frames to one client. The gateway's connection implements it. */
export interface FrameSink {
  /**
   * Writes one text frame to the socket, in the order of the calls. Never throws. `false`: the socket did not accept
   * the frame, because it is closing or because too many bytes wait for its client already; its session ends, if it
   * has not ended yet.
   */
  send(frame: string): boolean;

  /** Closes the socket. `reason` is for people. */
  close(code: CloseCode, reason?: string): void;
}
