import { Injectable } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { LimitsConfig } from '../../config/slices.js';
import { PeerQuota } from './peer-quota.js';

/** The quotas of each peer, counted in Redis for all gateways of a region, or in memory by a gateway alone. */
@Injectable()
export class PeerQuotas {
  readonly registers: PeerQuota;
  readonly calls: PeerQuota;

  constructor({ registersPerMinute, callsPerMinute, key }: LimitsConfig, { engines: { redis } }: ClusterNode) {
    const shared = redis && key && { redis, key };
    this.registers = new PeerQuota('register', registersPerMinute, shared);
    this.calls = new PeerQuota('call', callsPerMinute, shared);
  }
}
