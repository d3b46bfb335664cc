import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeReport } from '@white-rabbit/cluster';
import type { DatabaseTime, LicenseId, LicenseRepository } from '@white-rabbit/license';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { FakeLicenses, LICENSE } from '../../test/unit/fake-licenses.js';
import { configOf, identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';
import { eventually } from '@white-rabbit/testing';
import { GATEWAY_VERSION } from '../gateway-version.js';

const ALICE = 'peer-alice' as PeerId;

let parts: TestNode;
let licenses: RevokingLicenses;
let stopped: Promise<void> | undefined;

/** Stops the node as `app.close()` does. Once. The database answers, so that the stop does not wait for it. */
function stop(): Promise<void> {
  licenses.renewed.resolve([]);
  return (stopped ??= parts.node.beforeApplicationShutdown());
}

/** Licenses whose first query for revocations returns one license. */
class RevokingLicenses extends FakeLicenses {
  readonly renewed = Promise.withResolvers<readonly LicenseId[]>();

  override async changedSince(): ReturnType<LicenseRepository['changedSince']> {
    const asOf = '' as DatabaseTime;
    const revoked = await this.renewed.promise;
    const changes = revoked.map((licenseId) => ({ licenseId, changedAt: asOf, kind: 'revoked' as const }));
    return { asOf, changes, next: undefined };
  }
}

beforeEach(async () => {
  stopped = undefined;
  licenses = new RevokingLicenses();
  parts = await startNode({ licenses, env: { WR_REGION: 'eu', WR_DRAIN_SECONDS: '0.02' } });
  await parts.node.onApplicationBootstrap();
});
afterEach(async () => {
  await stop();
  parts.node.onApplicationShutdown();
});

describe('A serving node', () => {
  it('is ready', () => {
    expect(parts.health.report()).toMatchObject({ ready: true, state: 'serving', cluster: 'joined' });
  });

  it('answers its public health check with 200, and with 503 when it drains', async () => {
    const status = async () => (await fetch(`http://127.0.0.1:${parts.server.port}/healthz`)).status;
    expect(await status()).toBe(200);
    parts.health.draining();
    expect(await status()).toBe(503);
  });

  it('closes sessions of a revoked license with 4501', async () => {
    const { socket } = await parts.join(ALICE);
    licenses.renewed.resolve([LICENSE]);
    await settled();
    expect(socket.closeCodes).toEqual([4501]);
  });

  it('closes a session with 4503 if its route belongs to another session', async () => {
    const { socket } = await parts.join(ALICE);
    await parts.engines.routes.claim(ALICE, parts.self, 'session-x' as SessionId);
    await parts.routes.claimAgain();
    expect(socket.closeCodes).toEqual([4503]);
  });
});

describe('A draining node', () => {
  it('shows its state at once in the cluster status', async () => {
    const { registry } = parts.engines;
    const renewed: (NodeReport | undefined)[] = [];
    const renew = registry.renew.bind(registry);
    registry.renew = (node, report) => {
      renewed.push(report);
      return renew(node, report);
    };
    await parts.join(ALICE);
    await settled();
    expect(await registry.reports()).toMatchObject([{ report: { state: 'serving' } }]);
    await stop();
    expect(renewed).toMatchObject([{ state: 'draining', region: 'eu', version: GATEWAY_VERSION }]);
  });

  it('is unready, admits no connection, and closes all with 1012', async () => {
    const clients = [await parts.join(ALICE), await parts.join('peer-bobby'), parts.connect()];
    await stop();
    expect(parts.health.report()).toMatchObject({ ready: false, state: 'draining' });
    expect(parts.admission.admit(0)?.status).toBe(503);
    expect(clients.flatMap(({ socket }) => socket.closeCodes)).toEqual([1012, 1012, 1012]);
    expect(parts.connections.snapshot()).toEqual([]);
  });

  it('releases all its state when it leaves, including that of a pending register', async () => {
    await parts.join(ALICE);
    const claimed = Promise.withResolvers<undefined>();
    const store = parts.engines.routes;
    const claim = store.claim.bind(store);
    store.claim = async (...asked) => {
      const result = await claim(...asked);
      await claimed.promise;
      return result;
    };
    parts.connect().socket.says('register', identity('peer-bobby'));
    await settled();
    let hasLeft = false;
    const left = stop().then(() => {
      hasLeft = true;
    });
    await settled();
    await eventually('all connections are closed', () => parts.connections.snapshot().length === 0);
    expect(hasLeft).toBe(false);
    claimed.resolve(undefined);
    await left;
    expect((await store.find([ALICE, 'peer-bobby' as PeerId])).size).toBe(0);
    expect((await parts.engines.registry.leases([parts.self])).get(parts.self)).toBe('missing');
  });
});

it('The default drain takes a second at a gateway without a cluster and 22 seconds at a member of a cluster', () => {
  expect(configOf().drain).toEqual({ delayMs: 0, windowMs: 1_000 });
  expect(configOf({ DATABASE_URL: 'postgres://localhost', REDIS_URL: 'redis://localhost' }).drain).toEqual({
    delayMs: 2_000,
    windowMs: 20_000,
  });
  const env = { WR_DRAIN_SECONDS: '0', WR_DRAIN_DELAY_SECONDS: '5' };
  expect(configOf({ DATABASE_URL: 'postgres://localhost', REDIS_URL: 'redis://localhost', ...env }).drain).toEqual({
    delayMs: 5_000,
    windowMs: 0,
  });
});
