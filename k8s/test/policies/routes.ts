import { GATEWAY, matches } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

/** The paths for clients and for DNS health checks. The second answers only a status. */
const PATHS = ['/healthz', '/ws'];

/** Both of these paths, exactly, and nothing else. */
const arePublic = (paths: readonly { readonly type?: string; readonly value?: string | undefined }[]): boolean =>
  paths.every(({ type }) => type === 'Exact') &&
  paths
    .map(({ value }) => value)
    .sort()
    .join() === PATHS.join();

/** The header by which the gateway knows that a client came by TLS. */
const FORWARDED = { name: 'X-Forwarded-Proto', value: 'https' };

export const routes: readonly Policy[] = [
  {
    sentence: 'The Service leads WebSockets to the gateways',
    check: (manifests) => {
      const { spec } = manifests.one('Service', GATEWAY);
      const [port, ...others] = spec?.ports ?? [];
      return unmet({
        'to the gateways': spec?.selector !== undefined && matches(spec.selector, manifests.gatewayPods.labels),
        'to nothing else': manifests.pods.filter(({ labels }) => matches(spec?.selector, labels)).length === 1,
        'it declares WebSockets': port?.appProtocol === 'kubernetes.io/ws',
        'one port': port?.targetPort === 'ws' && others.length === 0,
        'plain text is taken from a proxy only': manifests.gatewaySettings['WR_TRUST_PROXY'] === 'true',
      });
    },
    breaches: {
      'it leads to other pods': (manifests) =>
        Object.assign(manifests.one('Service', GATEWAY).spec ?? {}, { selector: { app: 'other' } }),
      'it does not declare WebSockets': (manifests) => {
        for (const port of manifests.one('Service', GATEWAY).spec?.ports ?? []) delete port.appProtocol;
      },
    },
  },
  {
    sentence: 'The route takes /ws and /healthz from the TLS listener, says so, and has no time limit',
    where: ({ allComponents }) => allComponents.has('gateway-api'),
    check: (manifests) => {
      const { spec } = manifests.one('HTTPRoute', GATEWAY);
      const [rule, ...others] = spec.rules ?? [];
      const header = rule?.filters?.[0]?.requestHeaderModifier?.set?.[0];
      return unmet({
        'of the TLS listener': (spec.parentRefs ?? []).every(({ sectionName }) => sectionName === 'https'),
        'of a listener at all': (spec.parentRefs ?? []).length > 0,
        'for a host name': (spec.hostnames ?? []).length > 0,
        'no limit for a request': rule?.timeouts?.request === '0s',
        'none for the backend’s part of it': rule?.timeouts?.backendRequest === '0s',
        'it says that TLS ended here': header?.name === FORWARDED.name && header.value === FORWARDED.value,
        'the two public paths, and nothing else':
          others.length === 0 && arePublic((rule?.matches ?? []).map(({ path }) => path ?? {})),
      });
    },
    breaches: {
      'a request is limited': (manifests) =>
        Object.assign(manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0] ?? {}, { timeouts: { request: '30s' } }),
      'the limit is left to the proxy': (manifests) =>
        delete manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.timeouts,
      'it accepts requests without TLS': (manifests) => {
        for (const parent of manifests.one('HTTPRoute', GATEWAY).spec.parentRefs ?? []) delete parent.sectionName;
      },
      'health checks of DNS get 404': (manifests) =>
        manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.matches?.pop(),
      'every path leads to the gateways': (manifests) =>
        delete manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.matches,
      'paths that begin so lead to the gateways': (manifests) =>
        Object.assign(manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.matches?.[1]?.path ?? {}, {
          type: 'PathPrefix',
        }),
      'the header is left to the client': (manifests) =>
        delete manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.filters,
    },
  },
  {
    sentence: 'The Ingress takes /ws and /healthz of every host by TLS, and lets a socket be silent',
    where: ({ allComponents }) => allComponents.has('ingress'),
    check: (manifests) => {
      const { metadata, spec } = manifests.one('Ingress', GATEWAY);
      const rules = spec?.rules ?? [];
      const certified = (spec?.tls ?? [])
        .filter(({ secretName }) => secretName !== undefined)
        .flatMap(({ hosts = [] }) => hosts);
      return unmet({
        'for a host name': rules.length > 0,
        'every host has a certificate': rules.every(({ host }) => host !== undefined && certified.includes(host)),
        'the two public paths, and nothing else': rules.every(({ http }) =>
          arePublic((http?.paths ?? []).map(({ path, pathType }) => ({ type: pathType, value: path }))),
        ),
        'nothing else leads anywhere': spec?.defaultBackend === undefined,
        'HAProxy allows silence': metadata?.annotations?.['haproxy.org/timeout-tunnel'] === '1h',
      });
    },
    breaches: {
      'there is no certificate': (manifests) => delete manifests.one('Ingress', GATEWAY).spec?.tls,
      'the certificate is for another host': (manifests) =>
        Object.assign(manifests.one('Ingress', GATEWAY).spec?.tls?.[0] ?? {}, { hosts: ['other.example.com'] }),
      'health checks of DNS get 404': (manifests) =>
        manifests.one('Ingress', GATEWAY).spec?.rules?.[0]?.http?.paths.pop(),
      'every path leads to the gateways': (manifests) =>
        Object.assign(manifests.one('Ingress', GATEWAY).spec?.rules?.[0]?.http?.paths[0] ?? {}, { path: '/' }),
      'a socket may not be silent': (manifests) => delete manifests.one('Ingress', GATEWAY).metadata?.annotations,
    },
  },
];
