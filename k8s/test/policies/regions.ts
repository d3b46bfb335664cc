import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import { ROOT } from '../render.js';
import { rendering, type Rendering } from '../renderings.js';
import { openings } from './network.js';

/** Where the Redis of overlays/prod is. */
const FIRST_REDIS = 'address 192.0.2.0/28';

/** The zone of deploy/dns in which the regions of these examples are. */
const DNS = readFileSync(join(ROOT, '../deploy/dns/terraform.tfvars.example'), 'utf8');

/** The name by which DNS leads clients to that region, and the one by which its health check comes. */
function dnsNames(region: string): readonly string[] {
  const shared = /^name\s*= "(.*)"$/m.exec(DNS)?.[1] ?? '?';
  const own = new RegExp(`^  ${region} = \\{\\s*host\\s*= "(.*)"$`, 'm').exec(DNS)?.[1] ?? '?';
  return [shared, own];
}

const regionOf = ({ gatewayPods }: Manifests) => gatewayPods.labels['white-rabbit/region'];

export const regions: readonly Policy[] = [
  {
    sentence: 'A region has a name that clients and operators see',
    where: ({ overlay }) => overlay !== 'dev',
    check: (manifests) =>
      unmet({
        'it has one': regionOf(manifests) !== undefined,
        'clients get the same name': manifests.gatewaySettings['WR_REGION'] === regionOf(manifests),
      }),
    breaches: {
      'clients get another name': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) Object.assign(data ?? {}, { WR_REGION: 'elsewhere' });
      },
    },
  },
  {
    sentence: 'A region takes the host name that all regions share and its own, and has a name and a Redis of its own',
    where: ({ overlay }: Rendering) => overlay === 'region-example',
    check: (manifests) => {
      const first = rendering('prod', 'gateway-api').manifests;
      const redis = ({ gatewaySettings: set }: Manifests) =>
        `${set['REDIS_URL_FILE'] ?? ''} ${set['REDIS_SENTINELS'] ?? ''}`;
      const namespace = (of: Manifests) => of.of('Namespace')[0]?.metadata?.name;
      return unmet({
        'its own name': regionOf(manifests) !== regionOf(first),
        'its own namespace': namespace(manifests) !== namespace(first),
        'its own Redis': redis(manifests) !== redis(first),
        'the names that DNS leads to it':
          [...manifests.hostNames].sort().join() === [...dnsNames(regionOf(manifests) ?? '?')].sort().join(),
        // The other regions' passwords are in it.
        'the other regions’ Redis, by a file of its Secret':
          manifests.gatewaySettings['WR_REGIONS_FILE']?.startsWith('/run/secrets/') === true,
        'it reaches the Redis of the first': openings(manifests).some(
          (opening) => opening === `gateway -> ${FIRST_REDIS} : TCP 6380`,
        ),
      });
    },
    breaches: {
      'clients, which use the shared name, get 404': (manifests) =>
        manifests.one('HTTPRoute', GATEWAY).spec.hostnames?.shift(),
      'the DNS health check, which uses the name of the region, gets 404': (manifests) =>
        manifests.one('HTTPRoute', GATEWAY).spec.hostnames?.pop(),
      'its Redis is that of the first': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) {
          Object.assign(data ?? {}, { REDIS_URL_FILE: '/run/secrets/white-rabbit/redis-url', REDIS_SENTINELS: '' });
        }
      },
      'it does not reach the other regions': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) delete data?.['WR_REGIONS_FILE'];
      },
      'the network policy denies the other regions': (manifests) =>
        manifests.one('NetworkPolicy', 'gateway-back-ends').spec?.egress?.pop(),
    },
  },
];
