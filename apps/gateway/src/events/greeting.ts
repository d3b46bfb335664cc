import { Injectable } from '@nestjs/common';
import type { ServerData } from '@white-rabbit/protocol';
import { ConnectionConfig, NodeConfig } from '../config/slices.js';

/** The gateway's own data in `registered`. */
@Injectable()
export class Greeting {
  readonly data: Pick<ServerData<'registered'>, 'heartbeat_interval' | 'heartbeat_timeout' | 'region'>;

  constructor({ heartbeatIntervalMs, heartbeatTimeoutMs }: ConnectionConfig, { region }: NodeConfig) {
    this.data = {
      heartbeat_interval: heartbeatIntervalMs / 1000,
      heartbeat_timeout: heartbeatTimeoutMs / 1000,
      region,
    };
  }
}
