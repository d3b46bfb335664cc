import type { Manifests, Pods } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

/** Names of variables whose value is a secret. Those of files that hold one end in `_FILE`. */
const SECRET = /(_URL|PASSWORD|SECRET)$/;
const URL_WITH_PASSWORD = /:\/\/[^/]*@/;

/** The Secrets that pods refer to, by volumes and variables. */
function secretsOf({ spec }: Pods): readonly string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return [
    ...(spec.volumes ?? []).map(({ secret }) => secret?.secretName),
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef?.name)),
  ].filter((name) => name !== undefined);
}

const usedSecrets = (manifests: Manifests) => new Set(manifests.pods.flatMap(secretsOf));

/** Settings and variables that hold a secret instead of referring to it. */
function spelledOut(manifests: Manifests): readonly string[] {
  const maps = manifests.of('ConfigMap').flatMap(({ data }) => Object.entries(data ?? {}));
  const values = manifests.pods.flatMap(({ spec }) =>
    [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ env = [] }) =>
      env.map(({ name, value }) => [name, value ?? ''] as const),
    ),
  );
  return [...maps, ...values]
    .filter(([name, value]) => value !== '' && (SECRET.test(name) || URL_WITH_PASSWORD.test(value)))
    .map(([name]) => `${name} is in plain text`);
}

export const secrets: readonly Policy[] = [
  {
    sentence: 'Secrets are referred to, never in plain text',
    check: spelledOut,
    breaches: {
      'a setting holds a password': (manifests) => {
        for (const { data } of manifests.of('ConfigMap'))
          Object.assign(data ?? {}, { DATABASE_URL: 'postgresql://a:b@c/d' });
      },
      'a variable holds a password': ({ gatewayContainer }) =>
        Object.assign(gatewayContainer, { env: [{ name: 'REDIS_PASSWORD', value: 'x' }] }),
    },
  },
  {
    sentence: 'In production no Secret is part of the manifests',
    where: ({ overlay }) => overlay !== 'dev',
    check: (manifests) => manifests.of('Secret').map(({ metadata }) => `Secret ${metadata?.name ?? ''}`),
    breaches: {
      'there is one': (manifests) => {
        (manifests.all as unknown[]).push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } });
      },
    },
  },
  {
    sentence: 'In production two Secrets are expected, with the names that the guide gives',
    where: ({ overlay }) => overlay !== 'dev',
    check: (manifests) =>
      unmet({
        'those two': [...usedSecrets(manifests)].sort().join() === 'white-rabbit-gateway,white-rabbit-migrate',
      }),
    breaches: {
      'one has another name': ({ gatewayPods: { spec } }) =>
        Object.assign(spec.volumes?.[0]?.secret ?? {}, { secretName: 'other' }),
    },
  },
  {
    sentence: 'In development each Secret is there, and says what it is for',
    where: ({ overlay }) => overlay === 'dev',
    check: (manifests) => {
      const made = manifests.of('Secret').map(({ metadata }) => metadata?.name ?? '');
      return unmet({
        'all that are used': [...usedSecrets(manifests)].every((name) => made.includes(name)),
        'for development only': manifests
          .of('Secret')
          .every(({ metadata }) => metadata?.annotations?.['white-rabbit/secret'] === 'for development only'),
      });
    },
    breaches: {
      'one is missing': (manifests) =>
        (manifests.all as unknown[]).splice(manifests.all.indexOf(manifests.of('Secret')[0] as never), 1),
      'one does not say': (manifests) => delete manifests.of('Secret')[0]?.metadata?.annotations,
    },
  },
  {
    sentence: 'Mounted secrets are for the group of the process, and read-only',
    check: (manifests) =>
      manifests.pods.flatMap(({ from, spec }) =>
        (spec.volumes ?? [])
          .filter(({ secret }) => secret !== undefined)
          .flatMap(({ name, secret }) =>
            unmet(
              {
                'others may not read it':
                  secret?.defaultMode === 0o440 &&
                  spec.securityContext?.fsGroup !== undefined &&
                  spec.securityContext.fsGroup === spec.securityContext.runAsGroup,
                'it is mounted read-only': spec.containers
                  .flatMap(({ volumeMounts = [] }) => volumeMounts)
                  .some((mount) => mount.name === name && mount.readOnly === true),
              },
              from,
            ),
          ),
      ),
    breaches: {
      'all may read': ({ gatewayPods: { spec } }) =>
        Object.assign(spec.volumes?.[0]?.secret ?? {}, { defaultMode: 0o644 }),
    },
  },
];
