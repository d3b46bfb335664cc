import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import { ROOT } from '../render.js';

/** Every name in the table of docs/settings.md, which the gateway prints itself. */
const KNOWN = new Set(
  [...readFileSync(join(ROOT, '..', 'docs/settings.md'), 'utf8').matchAll(/`([A-Z][A-Z\d_]+)`/g)].map(
    ([, name]) => name,
  ),
);

/** The default of a setting, in the same table. */
function defaultOf(name: string): string | undefined {
  const table = readFileSync(join(ROOT, '..', 'docs/settings.md'), 'utf8');
  return new RegExp(`^\\| \`${name}\` +\\| (\\S*)`, 'm').exec(table)?.[1];
}

/** A first register on a connection to PostgreSQL, with a database nearby (docs/capacity.md, "Rate, pool and queue"). Seconds. */
const CHECK_SECONDS = 0.006;

/** Gateway CPU of a first register (docs/capacity.md). Seconds. */
const REGISTER_CPU_SECONDS = 0.0032;

/** Within this time a check has to end, or it is refused on arrival. Seconds. */
const QUEUE_SECONDS = 2;

const change = (manifests: Manifests, settings: object) => {
  for (const { data } of manifests.of('ConfigMap')) Object.assign(data ?? {}, settings);
};

export const settings: readonly Policy[] = [
  {
    sentence: 'A gateway accepts sockets no faster than it can check licenses, within one core',
    check: ({ gatewaySettings }) => {
      const set = (name: string) => Number(gatewaySettings[name] ?? defaultOf(name));
      const rate = set('WR_CONNECT_RATE');
      // What a gateway takes for it if it is not set.
      const burst = Number(gatewaySettings['WR_CONNECT_BURST'] ?? 2 * rate);
      // One connection is for look-ups and the poll for revocations.
      const checksPerSecond = (set('WR_DATABASE_POOL') - 1) / CHECK_SECONDS;
      return unmet({
        'the pool checks what comes in a second': rate <= checksPerSecond,
        'and a burst before the queue refuses it': burst / checksPerSecond <= QUEUE_SECONDS,
        'a core registers them all': rate * REGISTER_CPU_SECONDS <= 0.8,
        'they may wait for their turn to register':
          rate * set('WR_REGISTER_TIMEOUT_SECONDS') <= set('WR_MAX_UNREGISTERED'),
      });
    },
    breaches: {
      'sockets come faster than a core registers them': (manifests) => {
        change(manifests, { WR_CONNECT_RATE: '300' });
      },
      'there is one connection for all activations': (manifests) => {
        change(manifests, { WR_DATABASE_POOL: '2' });
      },
      'sockets that wait to register are too many': (manifests) => {
        change(manifests, { WR_MAX_UNREGISTERED: '1000' });
      },
    },
  },
  {
    sentence: 'Gateways accept proofs of identity for the host names that clients dial, and for no others',
    where: ({ overlay }) => overlay.endsWith('region-example'),
    check: ({ gatewaySettings, hostNames }) => {
      const accepted = (gatewaySettings['WR_PUBLIC_HOSTS'] ?? '').split(',');
      return unmet({ 'the same names': [...new Set(hostNames)].sort().join() === accepted.sort().join() });
    },
    breaches: {
      'the route was changed alone': (manifests) => {
        change(manifests, { WR_PUBLIC_HOSTS: 'rabbit.example.net' });
      },
      'they accept any host': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) delete data?.['WR_PUBLIC_HOSTS'];
      },
    },
  },
  {
    sentence: 'Every setting is one that the gateway knows',
    check: ({ gatewaySettings }) => Object.keys(gatewaySettings).filter((name) => !KNOWN.has(name)),
    breaches: {
      'one is misspelt': (manifests) => {
        change(manifests, { WR_MAX_CONECTIONS: '1' });
      },
    },
  },
  {
    sentence: 'The gateways are a cluster, on the ports that they are said to have',
    check: (manifests) => {
      const set = manifests.gatewaySettings;
      const path = manifests.gatewayContainer.volumeMounts?.[0]?.mountPath ?? '?';
      const files = Object.entries(set).filter(([name, value]) => name.endsWith('_FILE') && value !== '');
      return unmet({
        'they have a database': (set['DATABASE_URL_FILE'] ?? '') !== '',
        'and a Redis, named in one way':
          [set['REDIS_URL_FILE'], set['REDIS_SENTINELS'], set['REDIS_CLUSTER_NODES']].filter((way) => way).length === 1,
        'secrets are where they are mounted': files.every(([, file]) => file.startsWith(`${path}/`)),
        'probes reach the admin port': set['WR_ADMIN_HOST'] === '0.0.0.0',
        'the ports are the usual ones': set['WR_PORT'] === undefined && set['WR_ADMIN_PORT'] === undefined,
        'they are named in the pod':
          (manifests.gatewayContainer.ports ?? [])
            .map(({ name, containerPort }) => `${name ?? ''} ${containerPort}`)
            .join() === 'ws 8080,admin 9090',
      });
    },
    breaches: {
      'there is no Redis': (manifests) => {
        change(manifests, { REDIS_URL_FILE: '' });
      },
      'there are two': (manifests) => {
        change(manifests, { REDIS_SENTINELS: 'redis:26379' });
      },
      'probes cannot reach the admin port': (manifests) => {
        change(manifests, { WR_ADMIN_HOST: '127.0.0.1' });
      },
      'a secret is elsewhere': (manifests) => {
        change(manifests, { DATABASE_URL_FILE: '/tmp/database-url' });
      },
    },
  },
  {
    sentence: 'Plain text to a back end is allowed only in development',
    where: ({ overlay }) => overlay !== 'dev',
    check: ({ gatewaySettings, pods }) =>
      [
        ...Object.keys(gatewaySettings),
        ...pods.flatMap(({ spec }) => spec.containers.flatMap(({ env = [] }) => env.map(({ name }) => name))),
      ].filter((name) => name === 'WR_ALLOW_PLAINTEXT'),
    breaches: {
      'the gateways may': (manifests) => {
        change(manifests, { WR_ALLOW_PLAINTEXT: 'redis' });
      },
    },
  },
  {
    sentence: 'A changed setting rolls the gateways out: the ConfigMap is named after its content',
    check: (manifests) =>
      (manifests.gatewayContainer.envFrom ?? []).flatMap(({ configMapRef }) =>
        unmet({
          'there is a hash in its name': new RegExp(`^${GATEWAY}-[a-z\\d]{10}$`).test(configMapRef?.name ?? ''),
        }),
      ),
    breaches: {
      'its name is always the same': (manifests) => {
        for (const { metadata } of manifests.of('ConfigMap')) Object.assign(metadata ?? {}, { name: GATEWAY });
        Object.assign(manifests.gatewayContainer.envFrom?.[0]?.configMapRef ?? {}, { name: GATEWAY });
      },
    },
  },
];
