import { matches, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

const constraintsOf = ({ gatewayPods: { spec } }: Manifests) => spec.topologySpreadConstraints ?? [];

export const spread: readonly Policy[] = [
  {
    sentence: 'Gateways are spread over zones and over machines',
    check: (manifests) => {
      const constraints = constraintsOf(manifests);
      const keys = constraints.map(({ topologyKey }) => topologyKey);
      return unmet({
        'over zones': keys.includes('topology.kubernetes.io/zone'),
        'over machines': keys.includes('kubernetes.io/hostname'),
        evenly: constraints.every(({ maxSkew }) => maxSkew === 1),
        'among the gateways': constraints.every(
          ({ labelSelector }) =>
            labelSelector?.matchLabels !== undefined &&
            matches(labelSelector.matchLabels, manifests.gatewayPods.labels) &&
            labelSelector.matchLabels['app.kubernetes.io/component'] === 'gateway',
        ),
        // Else the gateways that are being replaced count, and the new ones end up uneven.
        'of one version': constraints.every(({ matchLabelKeys }) => matchLabelKeys?.includes('pod-template-hash')),
      });
    },
    breaches: {
      'zones do not count': (manifests) => constraintsOf(manifests).shift(),
      'machines do not count': (manifests) => constraintsOf(manifests).pop(),
      'others are counted': (manifests) => {
        Object.assign(constraintsOf(manifests)[0]?.labelSelector ?? {}, { matchLabels: { app: 'other' } });
      },
    },
  },
];
