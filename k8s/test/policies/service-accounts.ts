import { unmet, type Policy } from '../policy.js';

export const serviceAccounts: readonly Policy[] = [
  {
    sentence: 'No pod has a token for the Kubernetes API',
    check: (manifests) => [
      ...manifests.pods.flatMap(({ from, spec }) =>
        unmet({ 'no token': spec.automountServiceAccountToken === false }, from),
      ),
      ...manifests
        .of('ServiceAccount')
        .flatMap(({ metadata, automountServiceAccountToken }) =>
          unmet({ 'no token': automountServiceAccountToken === false }, metadata?.name),
        ),
      ...manifests.pods.flatMap(({ from, spec }) =>
        unmet({ 'none by a volume': (spec.volumes ?? []).every(({ projected }) => projected === undefined) }, from),
      ),
    ],
    breaches: {
      'a pod asks for one': ({ gatewayPods: { spec } }) => Object.assign(spec, { automountServiceAccountToken: true }),
      'a pod does not say': ({ gatewayPods: { spec } }) => delete spec.automountServiceAccountToken,
      'an account does not say': (manifests) => delete manifests.of('ServiceAccount')[0]?.automountServiceAccountToken,
    },
  },
  {
    sentence: 'Each of our workloads has its own account',
    check: (manifests) => {
      const accounts = manifests.of('ServiceAccount').map(({ metadata }) => metadata?.name);
      const ours = manifests.pods.filter(({ labels }) => labels['app.kubernetes.io/name'] === 'white-rabbit');
      const used = ours.map(({ spec }) => spec.serviceAccountName);
      return unmet({
        'each one': new Set(used).size === ours.length && used.every((name) => accounts.includes(name)),
        'each account is used': accounts.every((name) => used.includes(name)),
      });
    },
    breaches: {
      'the gateways have the default one': ({ gatewayPods: { spec } }) => delete spec.serviceAccountName,
    },
  },
];
