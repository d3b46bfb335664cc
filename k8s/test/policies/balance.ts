import { GATEWAY, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import { scalingOf } from './autoscaling.js';

/** New connections a minute that one address has at each proxy. */
const SOURCE_PER_MINUTE = 3_000;

const trafficPolicy = (manifests: Manifests) => manifests.one('BackendTrafficPolicy', GATEWAY).spec;
const annotations = (manifests: Manifests) => manifests.one('Ingress', GATEWAY).metadata?.annotations ?? {};

/** Of a whole number of seconds, as proxies write it: `15s`, `1m`. */
const seconds = (duration = ''): number => parseInt(duration, 10) * (duration.endsWith('m') ? 60 : 1);

/** The drain leaves this time for proxies to send new clients elsewhere. Seconds. */
const noticeSeconds = ({ gatewaySettings }: Manifests) => Number(gatewaySettings['WR_DRAIN_DELAY_SECONDS']);

export const balance: readonly Policy[] = [
  {
    sentence: 'Envoy sends new clients to the gateway with the fewest connections, and to none that is not ready',
    where: ({ allComponents }) => allComponents.has('envoy-gateway'),
    check: (manifests) => {
      const { circuitBreaker, healthCheck, loadBalancer, targetRefs } = trafficPolicy(manifests);
      const check = healthCheck?.active;
      const all = Number(manifests.gatewaySettings['WR_MAX_CONNECTIONS']) * (scalingOf(manifests).max ?? NaN);
      return unmet({
        'on the route': targetRefs.some(({ kind, name }) => kind === 'HTTPRoute' && name === GATEWAY),
        'the fewest': loadBalancer?.type === 'LeastRequest',
        'ready is what /healthz says': check?.http.path === '/healthz' && check.http.expectedStatuses?.join() === '200',
        'noticed before a drain begins to close':
          seconds(check?.interval) * (check?.unhealthyThreshold ?? NaN) + seconds(check?.timeout) <=
          noticeSeconds(manifests),
        'as many connections as the gateways take':
          (circuitBreaker?.maxConnections ?? 1_024) >= all && (circuitBreaker?.maxParallelRequests ?? 1_024) >= all,
      });
    },
    breaches: {
      'they take turns': (manifests) =>
        Object.assign(trafficPolicy(manifests), { loadBalancer: { type: 'RoundRobin' } }),
      'it is for another route': (manifests) =>
        Object.assign(trafficPolicy(manifests).targetRefs[0] ?? {}, { name: 'a' }),
      'no gateway is asked': (manifests) => delete trafficPolicy(manifests).healthCheck,
      'a drain is noticed too late': (manifests) =>
        Object.assign(trafficPolicy(manifests).healthCheck?.active ?? {}, { interval: '10s' }),
      'Envoy refuses the 1,025th connection': (manifests) => delete trafficPolicy(manifests).circuitBreaker,
    },
  },
  {
    sentence: 'Envoy limits the connections of an address, of IPv4 and of IPv6',
    where: ({ allComponents }) => allComponents.has('envoy-gateway'),
    check: (manifests) => {
      const rules = trafficPolicy(manifests).rateLimit?.local.rules ?? [];
      const limited = (cidr: string) =>
        rules.some(({ clientSelectors: [client, ...others], limit }) => {
          const { type, value } = client?.sourceCIDR ?? {};
          const each = others.length === 0 && type === 'Distinct' && value === cidr;
          return each && limit.unit === 'Minute' && limit.requests === SOURCE_PER_MINUTE;
        });
      return unmet({ 'IPv4 addresses': limited('0.0.0.0/0'), 'IPv6 addresses': limited('::/0') });
    },
    breaches: {
      'all addresses share one limit': (manifests) =>
        Object.assign(trafficPolicy(manifests).rateLimit?.local.rules[0]?.clientSelectors[0]?.sourceCIDR ?? {}, {
          type: 'Exact',
        }),
      'IPv6 has none': (manifests) => trafficPolicy(manifests).rateLimit?.local.rules.pop(),
      'there is none': (manifests) => delete trafficPolicy(manifests).rateLimit,
    },
  },
  {
    sentence: 'The Ingress sends new clients to the gateway with the fewest connections, and to none that is not ready',
    where: ({ allComponents }) => allComponents.has('ingress'),
    check: (manifests) => {
      const { 'haproxy.org/check': checks, ...set } = annotations(manifests);
      return unmet({
        'the fewest': set['haproxy.org/load-balance'] === 'leastconn',
        'ready is what /healthz says': checks === 'true' && set['haproxy.org/check-http'] === '/healthz',
        // HAProxy itself takes three refusals.
        'noticed before a drain begins to close':
          3 * seconds(set['haproxy.org/check-interval']) <= noticeSeconds(manifests),
      });
    },
    breaches: {
      'they take turns': (manifests) => delete annotations(manifests)['haproxy.org/load-balance'],
      'an open port is enough': (manifests) => delete annotations(manifests)['haproxy.org/check-http'],
      'a drain is noticed too late': (manifests) =>
        Object.assign(annotations(manifests), { 'haproxy.org/check-interval': '10s' }),
    },
  },
  {
    sentence: 'The Ingress limits the connections of an address, and passes the address to the gateways',
    where: ({ allComponents }) => allComponents.has('ingress'),
    check: (manifests) => {
      const set = annotations(manifests);
      const period = seconds(set['haproxy.org/rate-limit-period'] ?? '1s');
      return unmet({
        'as much as Envoy allows': (Number(set['haproxy.org/rate-limit-requests']) / period) * 60 === SOURCE_PER_MINUTE,
        'a client beyond it gets 429': set['haproxy.org/rate-limit-status-code'] === '429',
        'in X-Forwarded-For': set['haproxy.org/forwarded-for'] === 'true',
        'which gateways trust': manifests.gatewaySettings['WR_TRUST_PROXY'] === 'true',
      });
    },
    breaches: {
      'there is no limit': (manifests) => delete annotations(manifests)['haproxy.org/rate-limit-requests'],
      'gateways see the address of HAProxy': (manifests) =>
        Object.assign(annotations(manifests), { 'haproxy.org/forwarded-for': 'false' }),
      'gateways do not trust the header': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) delete data?.['WR_TRUST_PROXY'];
      },
    },
  },
];
