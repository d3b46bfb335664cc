import { GATEWAY, matches } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

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
        'they are said to be WebSockets': port?.appProtocol === 'kubernetes.io/ws',
        'one port': port?.targetPort === 'ws' && others.length === 0,
        'plain text is taken from a proxy only': manifests.gatewaySettings['WR_TRUST_PROXY'] === 'true',
      });
    },
    breaches: {
      'it leads to other pods': (manifests) =>
        Object.assign(manifests.one('Service', GATEWAY).spec ?? {}, { selector: { app: 'other' } }),
      'nobody is told of WebSockets': (manifests) => {
        for (const port of manifests.one('Service', GATEWAY).spec?.ports ?? []) delete port.appProtocol;
      },
    },
  },
  {
    sentence: 'The route takes /ws from the TLS listener, says so, and has no time limit',
    where: ({ components, overlay }) => components.includes('gateway-api') || overlay === 'region-example',
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
        'one path': others.length === 0 && rule?.matches?.length === 1,
        'namely that of the endpoint':
          rule?.matches?.[0]?.path?.value === '/ws' && rule.matches[0].path.type === 'Exact',
      });
    },
    breaches: {
      'a request is limited': (manifests) =>
        Object.assign(manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0] ?? {}, { timeouts: { request: '30s' } }),
      'the limit is left to the proxy': (manifests) =>
        delete manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.timeouts,
      'it takes what comes without TLS': (manifests) => {
        for (const parent of manifests.one('HTTPRoute', GATEWAY).spec.parentRefs ?? []) delete parent.sectionName;
      },
      'the header is left to the client': (manifests) =>
        delete manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.filters,
    },
  },
  {
    sentence: 'The Ingress takes /ws by TLS, and lets a socket be silent',
    where: ({ components }) => components.includes('ingress'),
    check: (manifests) => {
      const { metadata, spec } = manifests.one('Ingress', GATEWAY);
      const [rule, ...others] = spec?.rules ?? [];
      return unmet({
        'every host has a certificate':
          rule?.host !== undefined &&
          (spec?.tls ?? []).some(
            ({ hosts, secretName }) => hosts?.includes(rule.host ?? '') === true && secretName !== undefined,
          ),
        'one path': others.length === 0 && rule?.http?.paths.length === 1,
        'namely that of the endpoint': rule?.http?.paths[0]?.path === '/ws' && rule.http.paths[0].pathType === 'Exact',
        'nothing else leads anywhere': spec?.defaultBackend === undefined,
        'HAProxy allows silence': metadata?.annotations?.['haproxy.org/timeout-tunnel'] === '1h',
        'nginx allows silence': metadata?.annotations?.['nginx.ingress.kubernetes.io/proxy-read-timeout'] === '3600',
      });
    },
    breaches: {
      'there is no certificate': (manifests) => delete manifests.one('Ingress', GATEWAY).spec?.tls,
      'the certificate is for another host': (manifests) =>
        Object.assign(manifests.one('Ingress', GATEWAY).spec?.tls?.[0] ?? {}, { hosts: ['other.example.com'] }),
      'a socket may not be silent': (manifests) => delete manifests.one('Ingress', GATEWAY).metadata?.annotations,
    },
  },
];
