import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocketServer } from 'ws';
import type { PublicEndpoint } from './public-endpoint.js';

/**
 * Nest's ws adapter without its frame handling. The stock adapter handles the frames of a socket concurrently, drops
 * bad JSON and unknown events without an answer, and costs more than the relay itself
 * (docs/adr/0003-handle-frames-outside-nest.md). With this adapter, Nest passes each new socket to a gateway, and the
 * socket's own inbox handles its frames.
 */
export class FrameAdapter extends WsAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly endpoint: PublicEndpoint,
  ) {
    super(app);
  }

  override create(): WebSocketServer {
    return this.endpoint.sockets;
  }

  /** Frames go to the connection's inbox, not to Nest. */
  override bindMessageHandlers(): void {
    // Nothing to bind: see the class.
  }

  /** A connection observes its own end. */
  override bindClientDisconnect(): void {
    // Nothing to bind: see the class.
  }

  /** When this is called, all sockets have been drained; Nest would cut the remaining ones with 1006. */
  override close(): Promise<void> {
    return Promise.resolve();
  }
}
