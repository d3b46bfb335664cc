import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LicenseRepository, RevocationWatch, type DatabaseTime, type LicenseId } from '@white-rabbit/license';
import { NodeLease } from '@white-rabbit/cluster';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { pino } from 'pino';
import { FakeLicenses, LICENSE } from '../../test/unit/fake-licenses.js';
import { configOf, identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';
import { Health } from '../telemetry/health/health.js';
import { Admission } from '../transport/admission.js';
import { PublicEndpoint } from '../transport/public-endpoint.js';
import { Sources } from '../transport/sources.js';
import { drainTimes, GatewayNode } from './gateway-node.js';
import { Reachability } from './reachability.js';

const UNLIMITED = {
  connectRate: 0,
  connectBurst: 1,
  unregistered: 0,
  refusalsPerMinute: 0,
  onLimited: () => undefined,
};
const ALICE = 'peer-alice' as PeerId;

let parts: TestNode;
let admission: Admission;
let health: Health;
let node: GatewayNode;
let licenses: RevokingLicenses;
let port: number;

/** Licenses of which the first question for revocations hears of one. */
class RevokingLicenses extends FakeLicenses {
  readonly told = Promise.withResolvers<readonly LicenseId[]>();

  override async changedSince(): ReturnType<LicenseRepository['changedSince']> {
    const asOf = '' as DatabaseTime;
    const revoked = await this.told.promise;
    const changes = revoked.map((licenseId) => ({ licenseId, changedAt: asOf, kind: 'revoked' as const }));
    return { asOf, changes, next: undefined };
  }
}

beforeEach(async () => {
  parts = await startNode();
  const { engines, self, connections, hub, watch } = parts;
  const log = pino({ level: 'silent' });
  const { endpoint, settings } = configOf({ WR_PORT: '0' });
  const lease = new NodeLease({ registry: engines.registry, bus: engines.bus, self, resetSubscriber: () => undefined });
  const reachability = new Reachability(engines, lease);
  licenses = new RevokingLicenses();
  admission = new Admission(settings, connections);
  const counts = { region: 'eu', version: '1.2.3', uptimeSeconds: 5, connections: 0, database: 'up' } as const;
  health = new Health({
    node: self,
    cluster: () => reachability.state,
    isFull: () => false,
    counts: () => ({ ...counts, sessions: hub.size }),
  });
  const publicEndpoint = new PublicEndpoint(endpoint, admission, () => undefined, log, new Sources(UNLIMITED));
  const revocations = new RevocationWatch(licenses);
  node = new GatewayNode(
    { ...parts, lease, reachability, nodes: watch, revocations, admission, endpoint: publicEndpoint, health, log },
    { delayMs: 0, windowMs: 20 },
  );
  port = await node.serve();
});
afterEach(async () => {
  await node.drain();
  await node.leave();
});

describe('A node that serves', () => {
  it('is ready', () => {
    expect(health.report()).toMatchObject({ ready: true, state: 'serving', cluster: 'joined' });
  });

  it('answers its public health check with 200, and with 503 once it drains', async () => {
    const status = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
    expect(await status()).toBe(200);
    health.draining();
    expect(await status()).toBe(503);
  });

  it('closes sessions of a revoked license with 4501', async () => {
    const { socket } = await parts.join(ALICE);
    licenses.told.resolve([LICENSE]);
    await settled();
    expect(socket.closeCodes).toEqual([4501]);
  });

  it('closes a session with 4503 whose route is found to be another’s', async () => {
    const { socket } = await parts.join(ALICE);
    await parts.engines.routes.claim(ALICE, parts.self, 'session-x' as SessionId);
    await parts.routes.claimAgain();
    expect(socket.closeCodes).toEqual([4503]);
  });
});

describe('A node that drains', () => {
  it('tells so at once to whoever looks at the cluster', async () => {
    const told = async () => (await parts.engines.registry.reports()).map(({ report }) => report);
    await parts.join(ALICE);
    await settled();
    expect(await told()).toMatchObject([{ state: 'serving' }]);
    const drained = node.drain();
    await settled();
    expect(await told()).toMatchObject([{ state: 'draining', region: 'eu', version: '1.2.3' }]);
    await drained;
  });

  it('is unready, takes nobody, and closes all with 1012', async () => {
    const clients = [await parts.join(ALICE), await parts.join('peer-bobby'), parts.connect()];
    await node.drain();
    expect(health.report()).toMatchObject({ ready: false, state: 'draining' });
    expect(admission.admit(0)?.status).toBe(503);
    expect(clients.flatMap(({ socket }) => socket.closeCodes)).toEqual([1012, 1012, 1012]);
    expect(parts.connections.snapshot()).toEqual([]);
  });

  it('gives everything back when it leaves, a register on its way included', async () => {
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
    await node.drain();
    let hasLeft = false;
    const left = node.leave().then(() => {
      hasLeft = true;
    });
    await settled();
    expect(hasLeft).toBe(false);
    claimed.resolve(undefined);
    await left;
    expect((await store.find([ALICE, 'peer-bobby' as PeerId])).size).toBe(0);
    expect(await parts.engines.registry.alive([parts.self])).toEqual(new Set());
  });
});

it('A gateway alone drains in a second, a member of a cluster in 22, unless it is told otherwise', () => {
  expect(drainTimes(configOf())).toEqual({ delayMs: 0, windowMs: 1_000 });
  expect(drainTimes(configOf({ DATABASE_URL: 'postgres://localhost', REDIS_URL: 'redis://localhost' }))).toEqual({
    delayMs: 2_000,
    windowMs: 20_000,
  });
  const env = { WR_DRAIN_SECONDS: '0', WR_DRAIN_DELAY_SECONDS: '5' };
  expect(
    drainTimes(configOf({ DATABASE_URL: 'postgres://localhost', REDIS_URL: 'redis://localhost', ...env })),
  ).toEqual({ delayMs: 5_000, windowMs: 0 });
});
