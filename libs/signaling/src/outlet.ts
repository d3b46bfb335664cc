import type { CloseCode } from '@white-rabbit/protocol';

/** The way out to one client: its socket, as the domain sees it. The gateway's connection implements it. */
export interface Outlet {
  /**
   * Gives one text frame to the socket, in the order of the calls. Never throws: a socket that is closing takes
   * nothing, one that does not read is the gateway's to close.
   */
  send(frame: string): void;

  /** Closes the socket. `reason` is for people. */
  close(code: CloseCode, reason?: string): void;
}
