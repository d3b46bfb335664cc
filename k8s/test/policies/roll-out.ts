import { GATEWAY, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

const gatewaySpec = (manifests: Manifests) => manifests.one('Deployment', GATEWAY).spec;

export const rollOut: readonly Policy[] = [
  {
    sentence: 'A roll-out brings the new gateway before it takes an old one, one at a time',
    check: (manifests) => {
      const spec = gatewaySpec(manifests);
      const { maxUnavailable, maxSurge } = spec?.strategy?.rollingUpdate ?? {};
      return unmet({
        'gateways are rolled': spec?.strategy?.type === 'RollingUpdate',
        'none may be missing': maxUnavailable === 0,
        'one more than wanted': maxSurge === 1,
        'a new one has to stay ready for a while': (spec?.minReadySeconds ?? 0) >= 10,
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
];
