import { unmet, type Policy } from '../policy.js';

export const resources: readonly Policy[] = [
  {
    sentence: 'Every container asks for what it needs, and has a bound for memory and none for CPU',
    check: ({ pods }) =>
      pods.flatMap(({ from, spec }) =>
        spec.containers.flatMap(({ resources: { requests, limits } = {} }) =>
          unmet(
            {
              'it asks for CPU and memory': requests?.['cpu'] !== undefined && requests['memory'] !== undefined,
              'its memory is bounded': limits?.['memory'] !== undefined,
              // Throttled, the event loop stands still, and the lease runs out.
              'its CPU is not throttled': limits?.['cpu'] === undefined,
            },
            from,
          ),
        ),
      ),
    breaches: {
      'memory is without bound': ({ gatewayContainer }) => delete gatewayContainer.resources?.limits,
      'CPU is throttled': ({ gatewayContainer }) =>
        Object.assign(gatewayContainer.resources?.limits ?? {}, { cpu: '1' }),
    },
  },
  {
    sentence: 'In production gateways have a higher priority than other workloads',
    where: ({ overlay }) => overlay !== 'dev',
    check: (manifests) => {
      const name = manifests.gatewayPods.spec.priorityClassName;
      const classes = manifests.of('PriorityClass').filter(({ metadata }) => metadata?.name === name);
      return unmet({
        'their priority exists': classes.length === 1,
        'it is above the default, below the system’s': classes.every(({ value = 0 }) => value > 0 && value < 1e9),
        'it is for them alone': classes.every(({ globalDefault }) => globalDefault !== true),
      });
    },
    breaches: {
      'they have none': ({ gatewayPods: { spec } }) => delete spec.priorityClassName,
      'it is the default of all pods': (manifests) =>
        Object.assign(manifests.of('PriorityClass')[0] ?? {}, { globalDefault: true }),
    },
  },
];
