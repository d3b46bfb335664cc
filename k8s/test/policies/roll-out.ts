import { GATEWAY, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import { scalingOf } from './autoscaling.js';
import { longestStartSeconds } from './probes.js';

const gatewaySpec = (manifests: Manifests) => manifests.one('Deployment', GATEWAY).spec;

/**
 * How many old gateways of a roll-out are between the wish to stop them and their end, at most. The next batch of
 * `maxSurge` goes once the new gateways have been ready for `minReadySeconds`, which begins when the batch before goes.
 */
function closingAtOnce(manifests: Manifests): number {
  const spec = gatewaySpec(manifests);
  const { maxSurge, maxUnavailable } = spec?.strategy?.rollingUpdate ?? {};
  const grace = manifests.gatewayPods.spec.terminationGracePeriodSeconds ?? 30;
  const batches = Math.ceil(grace / Math.max(1, spec?.minReadySeconds ?? 0));
  return batches * (Number(maxSurge) + Number(maxUnavailable));
}

export const rollOut: readonly Policy[] = [
  {
    sentence: 'A roll-out starts a new gateway before it stops an old one, one at a time',
    check: (manifests) => {
      const spec = gatewaySpec(manifests);
      const { maxUnavailable, maxSurge } = spec?.strategy?.rollingUpdate ?? {};
      return unmet({
        'gateways are rolled': spec?.strategy?.type === 'RollingUpdate',
        'none may be missing': maxUnavailable === 0,
        'one more than wanted': maxSurge === 1,
      });
    },
    breaches: {
      'one may be missing': (manifests) => {
        Object.assign(gatewaySpec(manifests)?.strategy?.rollingUpdate ?? {}, { maxUnavailable: 1 });
      },
      'the default of 25 % is left to Kubernetes': (manifests) => delete gatewaySpec(manifests)?.strategy,
      'all are stopped first': (manifests) => {
        Object.assign(gatewaySpec(manifests) ?? {}, { strategy: { type: 'Recreate' } });
      },
    },
  },
  {
    sentence:
      'During a roll-out one gateway closes connections at a time, and a sixth of all connections in production',
    check: (manifests, { overlay }) => {
      const spec = gatewaySpec(manifests);
      const progressSeconds = (spec?.minReadySeconds ?? 0) + longestStartSeconds(manifests);
      return unmet({
        'the one before has ended when the next one goes': closingAtOnce(manifests) === 1,
        'a sixth': overlay === 'dev' || closingAtOnce(manifests) / (scalingOf(manifests).min ?? NaN) <= 1 / 6,
        'Kubernetes does not take that for a standstill': (spec?.progressDeadlineSeconds ?? 600) >= 2 * progressSeconds,
      });
    },
    breaches: {
      'the next one goes after 15 s': (manifests) =>
        Object.assign(gatewaySpec(manifests) ?? {}, { minReadySeconds: 15 }),
      'the next one goes at once': (manifests) => delete gatewaySpec(manifests)?.minReadySeconds,
      'a gateway may take longer to end': ({ gatewayPods: { spec } }) =>
        Object.assign(spec, { terminationGracePeriodSeconds: 600 }),
      'two go together': (manifests) => {
        Object.assign(gatewaySpec(manifests)?.strategy?.rollingUpdate ?? {}, { maxSurge: 2 });
      },
      'a share of them goes together': (manifests) => {
        Object.assign(gatewaySpec(manifests)?.strategy?.rollingUpdate ?? {}, { maxSurge: '25%' });
      },
      'Kubernetes gives it up before the next one goes': (manifests) =>
        Object.assign(gatewaySpec(manifests) ?? {}, { progressDeadlineSeconds: 150 }),
    },
  },
];
