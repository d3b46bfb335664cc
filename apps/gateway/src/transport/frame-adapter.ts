import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocketServer } from 'ws';
import type { PublicEndpoint } from './public-endpoint.js';

/**
 * Nest's ws adapter without what it does to frames. The stock one handles the frames of a socket concurrently, drops
 * bad JSON and unknown events without a word, and costs more than the relay itself (docs/adr/0003). Here Nest tells a
 * gateway of each new socket, and the socket's own inbox does the rest.
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

  /** Frames go to the connection's inbox. */
  override bindMessageHandlers(): void {
    // Nothing to bind: see the class.
  }

  /** A connection hears of its own end. */
  override bindClientDisconnect(): void {
    // Nothing to bind: see the class.
  }

  /** By then every socket was drained; Nest would cut those left with 1006. */
  override close(): Promise<void> {
    return Promise.resolve();
  }
}
