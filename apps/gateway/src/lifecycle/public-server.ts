import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { CLOSE_CODES } from '@white-rabbit/protocol';
import { DrainConfig } from '../config/slices.js';
import { Admission } from '../transport/admission.js';
import { Connections } from '../transport/connections.js';
import { PublicEndpoint } from '../transport/public-endpoint.js';
import { shuffled, spread } from './drain.js';

const RESTART = 'this gateway restarts';

/** The public port and its connections, from start to drain. */
@Injectable()
export class PublicServer {
  #port = 0;

  constructor(
    private readonly endpoint: PublicEndpoint,
    private readonly admission: Admission,
    private readonly opened: Connections,
    private readonly config: DrainConfig,
  ) {}

  /** The port that the gateway listens on; 0 before that. */
  get port(): number {
    return this.#port;
  }

  /** Open connections. */
  get connections(): number {
    return this.opened.open;
  }

  /** Accepts connections. `isReady` decides what `/healthz` answers. Rejects if the address is not available. */
  async listen(isReady: () => boolean): Promise<void> {
    this.endpoint.readyBy(isReady);
    this.opened.start();
    this.#port = await this.endpoint.listen();
  }

  /**
   * Waits for the load balancer, then admits no more connections and closes all with 1012, spread over the drain
   * window.
   */
  async drain(): Promise<void> {
    if (this.config.delayMs > 0) await sleep(this.config.delayMs);
    this.admission.close();
    await spread(shuffled(this.opened.snapshot()), this.config.windowMs, (connection) => {
      connection.close(CLOSE_CODES.restart, RESTART);
    });
    this.opened.closeAll(CLOSE_CODES.restart, RESTART);
    this.endpoint.close();
  }

  stop(): void {
    this.opened.stop();
  }
}
