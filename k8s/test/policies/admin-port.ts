import type { Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import { openings } from './network.js';

const ADMIN_PORT = 9090;

/** Every port of a Service, and where it leads. */
const servicePorts = (manifests: Manifests) =>
  manifests
    .of('Service')
    .flatMap(({ metadata, spec }) =>
      (spec?.ports ?? []).map(({ port, targetPort }) => ({ service: metadata?.name, port, to: targetPort ?? port })),
    );

/** The backends of routes and Ingresses: `service:port`. */
const backends = (manifests: Manifests): readonly string[] => [
  ...manifests
    .of('HTTPRoute')
    .flatMap(({ spec }) => (spec.rules ?? []).flatMap(({ backendRefs = [] }) => backendRefs))
    .map(({ name, port }) => `${name}:${port ?? ''}`),
  ...manifests
    .of('Ingress')
    .flatMap(({ spec }) => (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []))
    .map(({ backend: { service } }) => `${service?.name ?? ''}:${service?.port?.name ?? service?.port?.number ?? ''}`),
];

export const adminPort: readonly Policy[] = [
  {
    sentence: 'The admin port is separate from the public port, and clients cannot reach it',
    check: (manifests) => {
      const { ports = [] } = manifests.gatewayContainer;
      const admin = ports.find(({ name }) => name === 'admin');
      return [
        ...unmet({
          'it is a port of its own': admin?.containerPort === ADMIN_PORT && ports.length === 2,
          'no machine opens it': ports.every(({ hostPort }) => hostPort === undefined),
          'no Service leads to it': servicePorts(manifests).every(
            ({ port, to }) => port !== ADMIN_PORT && to !== ADMIN_PORT && to !== 'admin',
          ),
          'no Service opens ports of machines': manifests.of('Service').every(({ spec }) => spec?.type === 'ClusterIP'),
          'routes lead to the clients’ port': backends(manifests).every((backend) =>
            ['white-rabbit-gateway:80', 'white-rabbit-gateway:ws'].includes(backend),
          ),
          'the monitoring alone may reach it':
            openings(manifests)
              .filter((opening) => opening.includes(`${ADMIN_PORT}`))
              .join() === 'gateway <- namespace white-rabbit/monitoring=true : TCP 9090',
        }),
      ];
    },
    breaches: {
      'a Service leads to it by its number': (manifests) => {
        Object.assign(manifests.one('Service', 'white-rabbit-gateway').spec?.ports?.[0] ?? {}, { targetPort: 9090 });
      },
      'a Service leads to it by its name': (manifests) => {
        Object.assign(manifests.one('Service', 'white-rabbit-gateway').spec?.ports?.[0] ?? {}, { targetPort: 'admin' });
      },
      'a Service opens a port of every machine': (manifests) => {
        Object.assign(manifests.one('Service', 'white-rabbit-gateway').spec ?? {}, { type: 'NodePort' });
      },
      'the machine opens it': ({ gatewayContainer: { ports } }) => Object.assign(ports?.[1] ?? {}, { hostPort: 9090 }),
      'the proxies may reach it': (manifests) => {
        const rule = manifests.one('NetworkPolicy', 'gateway-clients').spec?.ingress?.[0];
        rule?.ports?.push({ protocol: 'TCP', port: 9090 });
      },
    },
  },
];
