import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Nonce } from '@white-rabbit/protocol';
import { EndpointConfig, IdentityConfig } from '../config/slices.js';
import type { Challenge } from '../transport/challenge.js';
import { lastOf } from '../transport/source-name.js';
import type { UpgradeRequest } from '../transport/upgrade-guard.js';

/** 128 bits: no two challenges are the same. */
const NONCE_BYTES = 16;

/** Creates the challenges of new connections. */
@Injectable()
export class Challenges {
  constructor(
    private readonly identity: IdentityConfig,
    private readonly endpoint: EndpointConfig,
  ) {}

  create(request: Pick<UpgradeRequest, 'headers'>): Challenge {
    const nonce = randomBytes(NONCE_BYTES).toString('base64url') as Nonce;
    return { nonce, hosts: this.#hosts(this.#hostIn(request)) };
  }

  /** A proxy may have replaced the host, so all public hosts count. */
  #hosts(host: string): readonly string[] {
    const { publicHosts } = this.identity;
    return publicHosts === undefined || publicHosts.includes(host) ? [host] : publicHosts;
  }

  /** The host in the form that clients sign: lower case, without the default port of the scheme. */
  #hostIn({ headers }: Pick<UpgradeRequest, 'headers'>): string {
    const { tls, trustProxy } = this.endpoint;
    const isSecure = tls !== undefined || (trustProxy && lastOf(headers['x-forwarded-proto']) !== 'http');
    const defaultPort = isSecure ? ':443' : ':80';
    const host = headers.host?.toLowerCase() ?? '';
    return host.endsWith(defaultPort) ? host.slice(0, -defaultPort.length) : host;
  }
}
