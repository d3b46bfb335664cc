import { describe, expect, test } from '@jest/globals';
import type { SessionId } from '@white-rabbit/protocol';
import { ROUTE_LEASE_MS } from '../route-store.js';
import { shardOf } from '../shards.js';
import { ALICE, keeping, peerOf } from '../../test/node/keeping.js';

const S1 = 'session-1' as SessionId;
const S2 = 'session-2' as SessionId;

describe('a lease names an instance of the store', () => {
  test('while its node holds nothing, and from the first claim on', async () => {
    const { keeper, region, signals } = keeping();
    expect(signals.claimed()).toEqual([region.instance]);
    await keeper.claim(ALICE, S1);
    expect(signals.claimed()).toEqual([region.instance]);
    region.outage = true;
    expect(signals.claimed()).toEqual([]);
  });

  test('after a restart at once when the last of its shards is claimed again, and not before', async () => {
    const { keeper, region, routes, signals, clock } = keeping();
    const [one, other] = [peerOf(1), peerOf(2)];
    await keeper.claim(one, S1);
    await keeper.claim(other, S2);
    signals.claimed();
    region.wipe();
    expect(signals.claimed()).toEqual([]);
    routes.failFor = one;
    signals.gap(new Set([1, 2]));
    await clock.advance(1_900);
    expect([signals.claimed(), signals.published]).toEqual([[], []]);
    routes.failFor = undefined;
    await clock.advance(100);
    expect(signals.published).toEqual([[region.instance]]);
  });

  test('not while a renewal has failed, and again once it succeeded', async () => {
    const { keeper, region, routes, signals, clock } = keeping();
    await keeper.claim(ALICE, S1);
    routes.failFor = ALICE;
    await keeper.claimAgain();
    expect(signals.claimed()).toEqual([]);
    routes.failFor = undefined;
    await clock.advance(2_000);
    expect(signals.claimed()).toEqual([region.instance]);
  });

  test('not for a claim or a renewal during which the store restarted, until it is renewed', async () => {
    const { keeper, region, routes, signals, clock } = keeping();
    await keeper.claim(ALICE, S1);
    routes.beforeRenewal = () => {
      region.wipe();
      return Promise.resolve();
    };
    await keeper.claimAgain();
    expect(signals.claimed()).toEqual([]);
    await clock.advance(2_000);
    expect(signals.claimed()).toEqual([region.instance]);
    const claim = keeper.claim(peerOf(shardOf(ALICE), 1), S2);
    region.wipe();
    await claim;
    await clock.advance(0);
    expect([signals.claimed(), region.route(ALICE)?.session]).toEqual([[region.instance], S1]);
  });

  test('not after the process was stopped for longer than the lease of a route', async () => {
    const { keeper, region, signals, clock } = keeping();
    await keeper.claim(ALICE, S1);
    await clock.freeze(ROUTE_LEASE_MS - 1);
    expect(signals.claimed()).toEqual([region.instance]);
    keeper.stop();
    await clock.freeze(ROUTE_LEASE_MS + 1);
    expect(signals.claimed()).toEqual([]);
  });
});
