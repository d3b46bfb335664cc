import type { Manifests, Pods } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

/** Kinds of volumes that the standard "restricted" allows. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** What the Pod Security Standard "restricted" asks, and two things of our own. */
function problems({ from, spec }: Pods): readonly string[] {
  const { securityContext: pod, volumes = [], hostNetwork, hostPID, hostIPC } = spec;
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const all = (holds: (container: (typeof containers)[number]) => boolean): boolean => containers.every(holds);
  const claims = {
    'no namespace of the machine': hostNetwork !== true && hostPID !== true && hostIPC !== true,
    'no folder of the machine': volumes.every((volume) =>
      Object.keys(volume).every((key) => key === 'name' || VOLUMES.includes(key)),
    ),
    'no port of the machine': all(({ ports = [] }) => ports.every(({ hostPort }) => hostPort === undefined)),
    'not as root': pod?.runAsNonRoot === true && (pod.runAsUser ?? 0) > 0,
    'not as root in any container': all(
      ({ securityContext: own }) => own?.runAsNonRoot !== false && own?.runAsUser !== 0,
    ),
    'system calls are filtered': pod?.seccompProfile?.type === 'RuntimeDefault',
    'never privileged': all(({ securityContext: own }) => own?.privileged !== true),
    'no way to more rights': all(({ securityContext: own }) => own?.allowPrivilegeEscalation === false),
    'no capability': all(
      ({ securityContext: own }) =>
        own?.capabilities?.drop?.includes('ALL') === true && (own.capabilities.add ?? []).length === 0,
    ),
    'no sysctl': (pod?.sysctls ?? []).length === 0,
    'its files are read-only': all(({ securityContext: own }) => own?.readOnlyRootFilesystem === true),
    'no variables of other Services': spec.enableServiceLinks === false,
  };
  return unmet(claims, from);
}

const spoil = (change: object) => (manifests: Manifests) =>
  Object.assign(manifests.gatewayContainer.securityContext ?? {}, change);
const spoilPod = (change: object) => (manifests: Manifests) => Object.assign(manifests.gatewayPods.spec, change);

export const podSecurity: readonly Policy[] = [
  {
    sentence: 'Every pod keeps to the Pod Security Standard "restricted", and writes only to volumes',
    check: ({ pods }) => pods.flatMap(problems),
    breaches: {
      'one runs as root': spoilPod({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
      'system calls are not filtered': spoilPod({ securityContext: { runAsNonRoot: true, runAsUser: 1000 } }),
      'it may get more rights': spoil({ allowPrivilegeEscalation: true }),
      'it is privileged': spoil({ privileged: true }),
      'it has a capability': spoil({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
      'it keeps the usual capabilities': spoil({ capabilities: {} }),
      'it writes into its image': spoil({ readOnlyRootFilesystem: false }),
      'it is in the network of its machine': spoilPod({ hostNetwork: true }),
      'it mounts a folder of its machine': spoilPod({ volumes: [{ name: 'x', hostPath: { path: '/' } }] }),
      'other Services put variables into it': ({ gatewayPods: { spec } }) => delete spec.enableServiceLinks,
    },
  },
  {
    sentence: 'The namespace refuses pods that do not',
    check: (manifests) =>
      manifests
        .of('Namespace')
        .flatMap(({ metadata }) =>
          unmet({ restricted: metadata?.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted' }),
        ),
    breaches: {
      'it is lax': (manifests) => {
        for (const { metadata } of manifests.of('Namespace'))
          Object.assign(metadata?.labels ?? {}, { 'pod-security.kubernetes.io/enforce': 'baseline' });
      },
    },
  },
];
