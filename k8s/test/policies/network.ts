import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { matches, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import type { Rendering } from '../renderings.js';

type Spec = NonNullable<INetworkPolicy['spec']>;
type Rule = NonNullable<Spec['ingress']>[number] & NonNullable<Spec['egress']>[number];
type Peer = NonNullable<Rule['from']>[number];

/** Where pods of these manifests may be reached from, and what they may reach: `gateway <- namespace white-rabbit/ingress : TCP 8080`. */
export function openings(manifests: Manifests): readonly string[] {
  return manifests
    .of('NetworkPolicy')
    .flatMap(({ spec }) => [
      ...(spec?.ingress ?? []).flatMap((rule) => opened(spec, '<-', rule as Rule, (rule as Rule).from)),
      ...(spec?.egress ?? []).flatMap((rule) => opened(spec, '->', rule as Rule, (rule as Rule).to)),
    ])
    .sort();
}

function opened(spec: Spec | undefined, arrow: string, rule: Rule, peers: Rule['from']): readonly string[] {
  const whose = spec?.podSelector?.matchLabels?.['app.kubernetes.io/component'] ?? 'all';
  // Without peers a rule allows every address, without ports every port.
  const ports = (rule.ports ?? [{}]).map(({ protocol = 'TCP', port = 'any' }) => `${protocol} ${port}`);
  return (peers ?? [{}]).map((peer) => `${whose} ${arrow} ${peerName(peer)} : ${ports.join(', ')}`);
}

function peerName({ ipBlock, namespaceSelector, podSelector }: Peer): string {
  const parts = [
    ipBlock && `address ${ipBlock.cidr}`,
    namespaceSelector && `namespace ${labelsName(namespaceSelector.matchLabels)}`,
    podSelector && `pod ${labelsName(podSelector.matchLabels)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'any address' : parts.join(' ');
}

const labelsName = (labels: Readonly<Record<string, string>> = {}) =>
  Object.entries(labels)
    .map(([name, value]) => `${name.replace('app.kubernetes.io/', '')}=${value}`)
    .join(' ') || 'any';

const EVERYWHERE = [
  'all -> address 169.254.20.10/32 : UDP 53, TCP 53',
  'all -> namespace kubernetes.io/metadata.name=kube-system pod k8s-app=kube-dns : UDP 53, TCP 53',
  'gateway <- namespace white-rabbit/ingress=true : TCP 8080',
  'gateway <- namespace white-rabbit/monitoring=true : TCP 9090',
];

const BACK_ENDS: Readonly<Record<string, readonly string[]>> = {
  dev: [
    'gateway -> pod component=postgres : TCP 5432',
    'gateway -> pod component=redis : TCP 6379',
    'migration -> pod component=postgres : TCP 5432',
    'operator -> pod component=postgres : TCP 5432',
    'operator -> pod component=redis : TCP 6379',
    'postgres <- pod component=gateway : TCP 5432',
    'postgres <- pod component=migration : TCP 5432',
    'postgres <- pod component=operator : TCP 5432',
    'redis <- pod component=gateway : TCP 6379',
    'redis <- pod component=operator : TCP 6379',
  ],
  prod: [
    'gateway -> address 192.0.2.0/28 : TCP 6379',
    'gateway -> address 192.0.2.16/28 : TCP 5432',
    'migration -> address 192.0.2.16/28 : TCP 5432',
  ],
  'single-region-example': [
    'gateway -> address 203.0.113.0/28 : TCP 6379',
    'gateway -> address 203.0.113.16/28 : TCP 5432',
    'migration -> address 203.0.113.16/28 : TCP 5432',
  ],
  'region-example': [
    'migration -> address 192.0.2.16/28 : TCP 5432',
    // The Redis of the other region.
    'gateway -> address 192.0.2.0/28 : TCP 6380',
    'gateway -> address 192.0.2.16/28 : TCP 5432',
    'gateway -> address 198.51.100.0/28 : TCP 6379, TCP 26379',
    // The replica of the license database.
    'gateway -> address 198.51.100.16/28 : TCP 5432',
  ],
};

function expected({ overlay }: Rendering): readonly string[] {
  return [...EVERYWHERE, ...(BACK_ENDS[overlay] ?? [])].sort();
}

const namedPolicy = (manifests: Manifests, name: string) => manifests.one('NetworkPolicy', name).spec;

export const network: readonly Policy[] = [
  {
    sentence: 'In the namespace nothing goes in or out unless it is named',
    check: (manifests) => {
      const spec = namedPolicy(manifests, 'default-deny');
      return unmet({
        'it is for every pod': JSON.stringify(spec?.podSelector) === '{}',
        'in and out': (['Ingress', 'Egress'] as const).every((type) => spec?.policyTypes?.includes(type)),
        'it allows nothing': spec?.ingress === undefined && spec?.egress === undefined,
      });
    },
    breaches: {
      'it is for some pods': (manifests) =>
        Object.assign(namedPolicy(manifests, 'default-deny')?.podSelector ?? {}, { matchLabels: { app: 'x' } }),
      'it says nothing of what goes out': (manifests) => namedPolicy(manifests, 'default-deny')?.policyTypes?.pop(),
      'it lets everything in': (manifests) =>
        Object.assign(namedPolicy(manifests, 'default-deny') ?? {}, { ingress: [{}] }),
    },
  },
  {
    sentence: 'Open are: names, clients by the proxies, metrics for the monitoring, and the back ends',
    check: (manifests, rendering) => {
      const open = openings(manifests);
      const named = expected(rendering);
      return [
        ...open.filter((one) => !named.includes(one)).map((one) => `too much: ${one}`),
        ...named.filter((one) => !open.includes(one)).map((one) => `missing: ${one}`),
      ];
    },
    breaches: {
      'the gateways may reach everything': (manifests) =>
        Object.assign(namedPolicy(manifests, 'gateway-back-ends') ?? {}, { egress: [{}] }),
      'every address may reach the clients’ port': (manifests) =>
        delete (namedPolicy(manifests, 'gateway-clients')?.ingress?.[0] as Partial<Rule>).from,
      'the proxies may reach every port': (manifests) =>
        delete (namedPolicy(manifests, 'gateway-clients')?.ingress?.[0] as Partial<Rule>).ports,
      'the database is out of reach': (manifests) => namedPolicy(manifests, 'gateway-back-ends')?.egress?.pop(),
    },
  },
  {
    sentence: 'Each rule is for pods that exist',
    check: (manifests) =>
      manifests.of('NetworkPolicy').flatMap(({ metadata, spec }) =>
        unmet(
          {
            'there is such a pod': manifests.pods.some(({ labels }) => matches(spec?.podSelector?.matchLabels, labels)),
          },
          metadata?.name,
        ),
      ),
    breaches: {
      'a label is misspelt': (manifests) =>
        Object.assign(namedPolicy(manifests, 'gateway-clients')?.podSelector?.matchLabels ?? {}, {
          'app.kubernetes.io/component': 'gatewey',
        }),
    },
  },
];
