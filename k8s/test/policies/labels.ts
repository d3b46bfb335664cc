import { GATEWAY, matches, nameOf } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

/** What may stand in a selector that cannot be changed later. */
const SELECTOR = ['app.kubernetes.io/component', 'app.kubernetes.io/name'];

export const labels: readonly Policy[] = [
  {
    sentence: 'Every object has a label for its application, and every pod one for its component',
    check: (manifests) => [
      ...manifests.all.flatMap((document) =>
        unmet(
          {
            'it is part of White Rabbit': document.metadata?.labels?.['app.kubernetes.io/part-of'] === 'white-rabbit',
            'it names what manages it': document.metadata?.labels?.['app.kubernetes.io/managed-by'] === 'kustomize',
          },
          nameOf(document),
        ),
      ),
      ...manifests.pods.flatMap(({ from, labels: of }) =>
        unmet({ 'its pods have a name and a role': SELECTOR.every((label) => of[label] !== undefined) }, from),
      ),
    ],
    breaches: {
      'a Service does not': (manifests) => delete manifests.one('Service', GATEWAY).metadata?.labels,
      'pods do not': ({ gatewayPods: { labels: of } }) =>
        delete (of as Record<string, string>)['app.kubernetes.io/component'],
    },
  },
  {
    sentence: 'Selectors that cannot be changed name nothing that does, and are true of their pods',
    check: (manifests) =>
      [...manifests.of('Deployment'), ...manifests.of('StatefulSet')].flatMap((owner) => {
        const selector = owner.spec?.selector.matchLabels ?? {};
        return unmet(
          {
            'name and role alone': Object.keys(selector).sort().join() === SELECTOR.join(),
            'true of its pods': matches(selector, owner.spec?.template.metadata?.labels ?? {}),
          },
          nameOf(owner),
        );
      }),
    breaches: {
      'a version is among them': (manifests) =>
        Object.assign(manifests.one('Deployment', GATEWAY).spec?.selector.matchLabels ?? {}, {
          'app.kubernetes.io/version': '0.1.0',
        }),
    },
  },
  {
    sentence: 'Everything is in the one namespace',
    check: (manifests) => {
      const [namespace, ...others] = manifests.of('Namespace').map(({ metadata }) => metadata?.name);
      return [
        ...unmet({ 'one namespace': namespace !== undefined && others.length === 0 }),
        ...manifests.all
          .filter(({ kind }) => kind !== 'Namespace' && kind !== 'PriorityClass')
          .filter(({ metadata }) => metadata?.namespace !== namespace)
          .map(nameOf),
      ];
    },
    breaches: {
      'a Service is in none': (manifests) => delete manifests.one('Service', GATEWAY).metadata?.namespace,
    },
  },
];
