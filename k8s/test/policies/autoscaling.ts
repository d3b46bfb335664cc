import { GATEWAY, type Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import type { Rendering } from '../renderings.js';

/** What both kinds of autoscaler say. */
export interface Scaling {
  readonly target: { readonly kind?: string; readonly name: string } | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Connections for each gateway, percent of its CPU request. */
  readonly connections: number;
  readonly cpuPercent: number;
  readonly behavior: Behavior | null | undefined;
}

interface Behavior {
  readonly scaleDown?: Rules | null;
  readonly scaleUp?: Rules | null;
}

interface Rules {
  readonly stabilizationWindowSeconds?: number | null;
  readonly policies?:
    readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[] | null;
}

/** Of a PostgreSQL with its defaults: `max_connections` less `superuser_reserved_connections`. */
const USABLE_CONNECTIONS = 100 - 3;

/**
 * Gateways that drain hold two each: one of a roll-out (see `closingAtOnce`), and one that maintenance takes meanwhile. The
 * migration Job holds two, and operators, monitoring and backup need some.
 */
const OTHER_CONNECTIONS = 4 + 2 + 5;

/** A gateway with more connections than this share of `WR_MAX_CONNECTIONS` is unready and gets no new clients. */
const FULL_AT = 0.95;

/** The largest number of gateways that are in one of three zones, if they are spread evenly. */
const inOneZone = (gateways: number) => Math.ceil(gateways / 3);

const hasKeda = ({ allComponents }: Rendering) => allComponents.has('keda');

function autoscaler(manifests: Manifests): Scaling {
  const { spec } = manifests.one('HorizontalPodAutoscaler', GATEWAY);
  const connections = spec.metrics?.find(({ pods }) => pods?.metric.name === 'wr_connections')?.pods?.target;
  const cpu = spec.metrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.target;
  return {
    target: spec.scaleTargetRef,
    min: spec.minReplicas,
    max: spec.maxReplicas,
    connections: Number(connections?.averageValue),
    cpuPercent: Number(cpu?.averageUtilization),
    behavior: spec.behavior,
  };
}

function scaledObject(manifests: Manifests): Scaling {
  const { spec } = manifests.one('ScaledObject', GATEWAY);
  const connections = spec.triggers.find(({ metadata }) => metadata['query']?.includes('wr_connections'));
  const cpu = spec.triggers.find(({ type }) => type === 'cpu');
  return {
    target: spec.scaleTargetRef,
    min: spec.minReplicaCount,
    max: spec.maxReplicaCount,
    connections: connections?.metricType === 'AverageValue' ? Number(connections.metadata['threshold']) : NaN,
    cpuPercent: cpu?.metricType === 'Utilization' ? Number(cpu.metadata['value']) : NaN,
    behavior: spec.advanced?.horizontalPodAutoscalerConfig?.behavior,
  };
}

/** What scales the gateways: the autoscaler, or KEDA. */
export function scalingOf(manifests: Manifests): Scaling {
  return manifests.of('ScaledObject').length > 0 ? scaledObject(manifests) : autoscaler(manifests);
}

function problems(scaling: Scaling, manifests: Manifests, { overlay }: Rendering): readonly string[] {
  const { behavior, connections, cpuPercent, max = 0, min = 0, target } = scaling;
  const settings = manifests.gatewaySettings;
  const surge = Number(manifests.one('Deployment', GATEWAY).spec?.strategy?.rollingUpdate?.maxSurge);
  const [down, ...otherDowns] = behavior?.scaleDown?.policies ?? [];
  return unmet({
    'the gateways are scaled': target?.kind === 'Deployment' && target.name === GATEWAY,
    'only the autoscaler sets their number': manifests.one('Deployment', GATEWAY).spec?.replicas === undefined,
    'there is more than one': min >= (overlay === 'dev' ? 2 : 3),
    'the maximum is above the minimum': max > min,
    'by connections, with capacity for those of a lost gateway':
      connections <= 0.7 * Number(settings['WR_MAX_CONNECTIONS']),
    'by CPU': cpuPercent <= 70,
    'up at once': behavior?.scaleUp?.stabilizationWindowSeconds === 0,
    'down only after a long quiet': (behavior?.scaleDown?.stabilizationWindowSeconds ?? 0) >= 600,
    'down one by one, each after the drain of the last':
      down?.type === 'Pods' &&
      down.value === 1 &&
      down.periodSeconds >= 2 * Number(settings['WR_DRAIN_SECONDS']) &&
      otherDowns.length === 0,
    'PostgreSQL has the connections of all pools, and of what else there is':
      (max + surge) * Number(settings['WR_DATABASE_POOL']) + OTHER_CONNECTIONS <= USABLE_CONNECTIONS,
  });
}

/** Connections of each gateway that is left when a zone has failed, if each had as many as the autoscaler aims at. */
function connectionsWithoutZone({ min = 0, connections }: Scaling): number {
  return (connections * min) / (min - inOneZone(min));
}

const spoilt = (value: object | null | undefined, change: object) => Object.assign(value ?? {}, change);

export const autoscaling: readonly Policy[] = [
  {
    sentence: 'Gateways are scaled by connections and CPU, quickly up and slowly down',
    where: (rendering) => !hasKeda(rendering),
    check: (manifests, rendering) => [
      ...problems(autoscaler(manifests), manifests, rendering),
      ...unmet({ 'by one autoscaler': manifests.of('HorizontalPodAutoscaler').length === 1 }),
    ],
    breaches: {
      'the connections do not count': (manifests) =>
        manifests.one('HorizontalPodAutoscaler', GATEWAY).spec.metrics?.shift(),
      'the CPU does not count': (manifests) => manifests.one('HorizontalPodAutoscaler', GATEWAY).spec.metrics?.pop(),
      'gateways are filled to their cap': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) spoilt(data, { WR_MAX_CONNECTIONS: '12000' });
      },
      'it scales down at once': (manifests) =>
        spoilt(autoscaler(manifests).behavior?.scaleDown, { stabilizationWindowSeconds: 0 }),
      'it scales down by half': (manifests) =>
        spoilt(autoscaler(manifests).behavior?.scaleDown?.policies?.[0], { type: 'Percent', value: 50 }),
      'the usual behavior is left': (manifests) =>
        delete manifests.one('HorizontalPodAutoscaler', GATEWAY).spec.behavior,
      'the Deployment sets a number, too': (manifests) =>
        spoilt(manifests.one('Deployment', GATEWAY).spec, { replicas: 3 }),
      'all pools together use up max_connections': (manifests) => {
        const pool = String(100 / (autoscaler(manifests).max ?? 0));
        for (const { data } of manifests.of('ConfigMap')) spoilt(data, { WR_DATABASE_POOL: pool });
      },
      'a roll-out brings one gateway too many for the connections': (manifests) => {
        const pool = Number(manifests.gatewaySettings['WR_DATABASE_POOL']);
        const gateways = Math.floor((USABLE_CONNECTIONS - OTHER_CONNECTIONS) / pool) + 1;
        const maxSurge = gateways - (autoscaler(manifests).max ?? 0);
        spoilt(manifests.one('Deployment', GATEWAY).spec?.strategy?.rollingUpdate, { maxSurge });
      },
    },
  },
  {
    sentence: 'With KEDA it is the same, and KEDA alone does it',
    where: hasKeda,
    check: (manifests, rendering) => [
      ...problems(scaledObject(manifests), manifests, rendering),
      ...unmet({ 'by one autoscaler': manifests.of('HorizontalPodAutoscaler').length === 0 }),
      ...unmet({
        // While one metric is missing an autoscaler does not scale down; a fallback would set a fixed number.
        'without a fallback': manifests.one('ScaledObject', GATEWAY).spec.fallback === undefined,
      }),
    ],
    breaches: {
      'it scales down by half': (manifests) =>
        spoilt(scaledObject(manifests).behavior?.scaleDown?.policies?.[0], { type: 'Percent', value: 50 }),
      'its numbers are the defaults': (manifests) => {
        const { spec } = manifests.one('ScaledObject', GATEWAY);
        delete spec.minReplicaCount;
      },
      'the connections do not count': (manifests) => manifests.one('ScaledObject', GATEWAY).spec.triggers.shift(),
    },
  },
  {
    sentence:
      'In production a zone of three may fail: the smallest number of gateways without it takes its connections',
    where: ({ overlay }) => overlay !== 'dev',
    check: (manifests) => {
      const capacity = FULL_AT * Number(manifests.gatewaySettings['WR_MAX_CONNECTIONS']);
      return unmet({ 'they are not full': connectionsWithoutZone(scalingOf(manifests)) <= capacity });
    },
    breaches: {
      'one zone has more than a third of them': (manifests) =>
        spoilt(manifests.one('HorizontalPodAutoscaler', GATEWAY).spec, { minReplicas: 7 }),
      'gateways take 18,000 connections': (manifests) => {
        for (const { data } of manifests.of('ConfigMap')) spoilt(data, { WR_MAX_CONNECTIONS: '18000' });
      },
    },
  },
  {
    sentence: 'With KEDA the overlay’s own numbers hold',
    where: (rendering) => rendering.overlay === 'prod' && hasKeda(rendering),
    check: (manifests) => unmet({ 'six at least': scaledObject(manifests).min === 6 }),
    breaches: {
      'they are others': (manifests) => spoilt(manifests.one('ScaledObject', GATEWAY).spec, { minReplicaCount: 3 }),
    },
  },
];
