import { GATEWAY, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import { rendering, type Rendering } from '../renderings.js';
import { openings } from './network.js';

/** Where the Redis of overlays/prod is. */
const FIRST_REDIS = 'address 192.0.2.0/28';

const regionOf = ({ gatewayPods }: Manifests) => gatewayPods.labels['white-rabbit/region'];

export const regions: readonly Policy[] = [
  {
    sentence: 'A region tells clients and operators its name',
    where: ({ overlay }) => overlay !== 'dev',
    check: (manifests) =>
      unmet({
        'it has one': regionOf(manifests) !== undefined,
        'clients hear the same': manifests.gatewaySettings['WR_REGION'] === regionOf(manifests),
      }),
    breaches: {
      'they hear another': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) Object.assign(data ?? {}, { WR_REGION: 'elsewhere' });
      },
    },
  },
  {
    sentence: 'A second region has its own name, Redis and host name, and leaves the database’s schema to the first',
    where: ({ overlay }: Rendering) => overlay === 'region-example',
    check: (manifests) => {
      const first = rendering('prod', 'gateway-api').manifests;
      const hosts = (of: Manifests) => of.one('HTTPRoute', GATEWAY).spec.hostnames?.join();
      const redis = ({ gatewaySettings: set }: Manifests) =>
        `${set['REDIS_URL_FILE'] ?? ''} ${set['REDIS_SENTINELS'] ?? ''}`;
      const namespace = (of: Manifests) => of.of('Namespace')[0]?.metadata?.name;
      return unmet({
        'its own name': regionOf(manifests) !== regionOf(first),
        'its own namespace': namespace(manifests) !== namespace(first),
        'its own Redis': redis(manifests) !== redis(first),
        'its own host name': hosts(manifests) !== hosts(first),
        'no Job': manifests.of('Job').length === 0,
        // The other regions' passwords are in it.
        'the other regions’ Redis, by a file of its Secret':
          manifests.gatewaySettings['WR_REGIONS_FILE']?.startsWith('/run/secrets/') === true,
        'it reaches the Redis of the first': openings(manifests).some(
          (opening) => opening === `gateway -> ${FIRST_REDIS} : TCP 6380`,
        ),
      });
    },
    breaches: {
      'its host name is that of the first': (manifests) =>
        Object.assign(manifests.one('HTTPRoute', GATEWAY).spec, { hostnames: ['rabbit.example.com'] }),
      'it is an island': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) delete data?.['WR_REGIONS_FILE'];
      },
      'the way to the others is shut': (manifests) =>
        manifests.one('NetworkPolicy', 'gateway-back-ends').spec?.egress?.pop(),
    },
  },
];
