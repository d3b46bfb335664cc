import { GATEWAY, matches, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

const namespaceOf = (manifests: Manifests) => manifests.of('Namespace')[0]?.metadata?.name;

export const metrics: readonly Policy[] = [
  {
    sentence: 'Prometheus scrapes the gateways’ pods, at their admin port',
    where: ({ allComponents }) => allComponents.has('prometheus-operator'),
    check: (manifests) => {
      const { metadata, spec } = manifests.one('PodMonitor', GATEWAY);
      const [endpoint, ...others] = spec.podMetricsEndpoints ?? [];
      const ports = manifests.gatewayContainer.ports ?? [];
      return unmet({
        'the gateways': matches(spec.selector.matchLabels, manifests.gatewayPods.labels),
        'them alone': spec.selector.matchLabels?.['app.kubernetes.io/component'] === 'gateway',
        'at a port that they have': endpoint?.port === 'admin' && ports.some(({ name }) => name === endpoint.port),
        'at /metrics': endpoint?.path === '/metrics' && others.length === 0,
        'as the job that the rules go by': manifests.gatewayPods.labels[spec.jobLabel ?? ''] === 'white-rabbit',
        'where they are': metadata?.namespace === namespaceOf(manifests),
      });
    },
    breaches: {
      'the port is misspelt': (manifests) =>
        Object.assign(manifests.one('PodMonitor', GATEWAY).spec.podMetricsEndpoints?.[0] ?? {}, { port: 'metrics' }),
      'the job has another name': (manifests) =>
        Object.assign(manifests.one('PodMonitor', GATEWAY).spec, { jobLabel: 'app.kubernetes.io/component' }),
      'other pods are asked': (manifests) =>
        Object.assign(manifests.one('PodMonitor', GATEWAY).spec.selector, { matchLabels: { app: 'other' } }),
    },
  },
  {
    sentence: 'A gateway knows the name of its pod, which wr_build_info and status show beside its node name',
    check: ({ gatewayContainer: { env = [] } }) =>
      unmet({
        'it is given by the downward API':
          env.find(({ name }) => name === 'WR_POD')?.valueFrom?.fieldRef?.fieldPath === 'metadata.name',
      }),
    breaches: {
      'it is not given': ({ gatewayContainer }) => Object.assign(gatewayContainer, { env: [] }),
      'it is the name of something else': ({ gatewayContainer: { env = [] } }) =>
        Object.assign(env.find(({ name }) => name === 'WR_POD')?.valueFrom?.fieldRef ?? {}, {
          fieldPath: 'spec.nodeName',
        }),
    },
  },
  {
    sentence: 'KEDA counts the connections of this namespace, and takes no answer for a fault',
    where: ({ allComponents }) => allComponents.has('keda'),
    check: (manifests) => {
      const query = manifests
        .one('ScaledObject', GATEWAY)
        .spec.triggers.find(({ type }) => type === 'prometheus')?.metadata;
      return unmet({
        'of this namespace': query?.['query'] === `sum(wr_connections{namespace="${namespaceOf(manifests) ?? ''}"})`,
        'nothing is not zero': query?.['ignoreNullValues'] === 'false',
      });
    },
    breaches: {
      'it counts those of others': (manifests) =>
        Object.assign(manifests.one('ScaledObject', GATEWAY).spec.triggers[0]?.metadata ?? {}, {
          query: 'sum(wr_connections)',
        }),
    },
  },
];
