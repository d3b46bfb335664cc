import type { Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

/** After the drain: releases 3 s, the watch of revocations 3 s, closing 5 s, sockets that answer their close 8 s. */
const RELEASES_S = 20;
/** The longest time that a cluster autoscaler waits for a pod by default. Seconds. */
const LONGEST_GRACE_S = 600;
/** For load balancers to notice that a pod is going. Seconds. */
const NOTICE_S = 10;
/** From what the kubelet notices to what a load balancer does. Seconds. */
const ON_THE_WAY_S = 5;

const sleepSeconds = ({ gatewayContainer }: Manifests) => gatewayContainer.lifecycle?.preStop?.sleep?.seconds ?? 0;

/** Seconds until an unready gateway gets no new clients. */
function unreadySeconds({ gatewayContainer: { readinessProbe } }: Manifests): number {
  return (readinessProbe?.periodSeconds ?? 10) * (readinessProbe?.failureThreshold ?? 3) + ON_THE_WAY_S;
}

/** Seconds that a gateway may need from the wish to stop it to its end. */
function farewellSeconds(manifests: Manifests): number {
  const { WR_DRAIN_DELAY_SECONDS: delay, WR_DRAIN_SECONDS: drain } = manifests.gatewaySettings;
  return sleepSeconds(manifests) + Number(delay) + Number(drain) + RELEASES_S;
}

export const shutdown: readonly Policy[] = [
  {
    sentence: 'A stopped gateway has the time to drain all its clients',
    check: (manifests) =>
      unmet({
        'load balancers notice it before the drain': sleepSeconds(manifests) >= NOTICE_S,
        'no shell is needed for that': manifests.gatewayContainer.lifecycle?.preStop?.exec === undefined,
        'load balancers notice a drain by an operator, which has no preStop':
          Number(manifests.gatewaySettings['WR_DRAIN_DELAY_SECONDS']) >= unreadySeconds(manifests),
        'it is not killed before its end':
          (manifests.gatewayPods.spec.terminationGracePeriodSeconds ?? 30) >= farewellSeconds(manifests),
        'a machine that is being emptied waits for it':
          (manifests.gatewayPods.spec.terminationGracePeriodSeconds ?? 30) <= LONGEST_GRACE_S,
      }),
    breaches: {
      'the grace is the default': ({ gatewayPods: { spec } }) => delete spec.terminationGracePeriodSeconds,
      'the drain is longer than the grace': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) Object.assign(data ?? {}, { WR_DRAIN_SECONDS: '90' });
      },
      'the drain is not set': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) delete data?.['WR_DRAIN_SECONDS'];
      },
      'an operator’s drain refuses new clients at once': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) Object.assign(data ?? {}, { WR_DRAIN_DELAY_SECONDS: '0' });
      },
      'unreadiness is noticed later than that': ({ gatewayContainer: { readinessProbe } }) =>
        Object.assign(readinessProbe ?? {}, { failureThreshold: 3 }),
      'there is no pause before SIGTERM': ({ gatewayContainer }) => delete gatewayContainer.lifecycle,
    },
  },
];
