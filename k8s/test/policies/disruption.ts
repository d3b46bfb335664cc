import { GATEWAY, matches, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

const budget = (manifests: Manifests) => manifests.one('PodDisruptionBudget', GATEWAY).spec;

export const disruption: readonly Policy[] = [
  {
    sentence: 'Maintenance evicts one gateway at a time, and none while the back ends are down',
    check: (manifests) => {
      const spec = budget(manifests);
      const selector = spec?.selector?.matchLabels;
      return unmet({
        'one at a time': spec?.maxUnavailable === 1 && spec.minAvailable === undefined,
        'the gateways': selector !== undefined && matches(selector, manifests.gatewayPods.labels),
        'and nothing else': manifests.pods.filter(({ labels }) => matches(selector, labels)).length === 1,
        'unready gateways hold sockets': spec?.unhealthyPodEvictionPolicy === 'IfHealthyBudget',
      });
    },
    breaches: {
      'half of them may go': (manifests) => Object.assign(budget(manifests) ?? {}, { maxUnavailable: '50%' }),
      'none may ever go': (manifests) => Object.assign(budget(manifests) ?? {}, { maxUnavailable: 0 }),
      'it is for other pods': (manifests) =>
        Object.assign(budget(manifests)?.selector ?? {}, { matchLabels: { app: 'other' } }),
      'unready ones may go': (manifests) =>
        Object.assign(budget(manifests) ?? {}, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
    },
  },
];
