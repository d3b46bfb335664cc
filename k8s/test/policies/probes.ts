import type { Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';

/** The event loop may stand still for so long (garbage, a stopped machine) without a restart. Seconds. */
const STANDSTILL_S = 30;
/** What a start may take: PostgreSQL that does not answer is waited for. Seconds. */
const START_S = 30;

interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

const patience = ({ periodSeconds = 10, failureThreshold = 3 }: Probe) => periodSeconds * failureThreshold;

/** Seconds from the start of a gateway's container to its first readiness, at most, if its back ends are there. */
export function longestStartSeconds({ gatewayContainer: { startupProbe, readinessProbe } }: Manifests): number {
  return patience(startupProbe ?? {}) + (readinessProbe?.periodSeconds ?? 10);
}

/** The probe asks for that path at the admin port. */
const asks = (probe: Probe | null | undefined, path: string): boolean =>
  probe?.httpGet?.path === path && probe.httpGet.port === 'admin';

export const probes: readonly Policy[] = [
  {
    sentence: 'A gateway is started, restarted and filled by probes of their own',
    check: ({ gatewayContainer: { startupProbe, livenessProbe, readinessProbe } }) =>
      unmet({
        'the start is watched by /livez': asks(startupProbe, '/livez'),
        'it may take its time': patience(startupProbe ?? {}) >= START_S,
        'life is watched by /livez': asks(livenessProbe, '/livez'),
        'a standstill is survived': patience(livenessProbe ?? {}) >= STANDSTILL_S,
        'readiness is watched by /readyz': asks(readinessProbe, '/readyz'),
        'unreadiness is noticed soon': patience(readinessProbe ?? {}) <= 15,
      }),
    breaches: {
      'liveness depends on the back ends': ({ gatewayContainer: { livenessProbe } }) => {
        Object.assign(livenessProbe ?? {}, { httpGet: { path: '/readyz', port: 'admin' } });
      },
      'a start waits for the back ends': ({ gatewayContainer: { startupProbe } }) => {
        Object.assign(startupProbe ?? {}, { httpGet: { path: '/readyz', port: 'admin' } });
      },
      'there is no startup probe': ({ gatewayContainer }) => delete gatewayContainer.startupProbe,
      'liveness is impatient': ({ gatewayContainer: { livenessProbe } }) => {
        Object.assign(livenessProbe ?? {}, { failureThreshold: 1 });
      },
      'the public port is probed': ({ gatewayContainer: { readinessProbe } }) => {
        Object.assign(readinessProbe ?? {}, { httpGet: { path: '/readyz', port: 'ws' } });
      },
    },
  },
];
