import { z } from 'zod';

/** Of the fields that Envoy Gateway 1.4 knows, those that these manifests use. Any other is refused. */
const API_VERSION = 'gateway.envoyproxy.io/v1alpha1';

const metadata = z.strictObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** A Duration of the Gateway API. */
const duration = z.string().regex(/^(\d{1,5}(h|m|s|ms)){1,4}$/);

const count = z.int().min(0).max(0xffff_ffff);

const rateLimitRule = z.strictObject({
  clientSelectors: z
    .array(z.strictObject({ sourceCIDR: z.strictObject({ type: z.enum(['Exact', 'Distinct']), value: z.string() }) }))
    .max(8),
  limit: z.strictObject({
    requests: count,
    unit: z.enum(['Second', 'Minute', 'Hour', 'Day', 'Month', 'Year']),
  }),
});

const backendTrafficPolicy = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('BackendTrafficPolicy'),
  metadata,
  spec: z.strictObject({
    targetRefs: z.array(
      z.strictObject({
        group: z.literal('gateway.networking.k8s.io'),
        kind: z.enum(['Gateway', 'HTTPRoute']),
        name: z.string(),
      }),
    ),
    loadBalancer: z.strictObject({ type: z.enum(['LeastRequest', 'Random', 'RoundRobin']) }).optional(),
    healthCheck: z
      .strictObject({
        active: z.strictObject({
          type: z.literal('HTTP'),
          http: z.strictObject({
            path: z.string().min(1),
            expectedStatuses: z.array(z.int().min(100).max(599)).optional(),
          }),
          interval: duration,
          timeout: duration,
          unhealthyThreshold: count.min(1),
          healthyThreshold: count.min(1),
        }),
      })
      .optional(),
    circuitBreaker: z
      .strictObject({ maxConnections: count, maxParallelRequests: count, maxPendingRequests: count })
      .optional(),
    rateLimit: z
      .strictObject({ type: z.literal('Local'), local: z.strictObject({ rules: z.array(rateLimitRule).max(16) }) })
      .optional(),
  }),
});

const envoyProxy = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('EnvoyProxy'),
  metadata,
  spec: z.strictObject({
    telemetry: z.strictObject({ accessLog: z.strictObject({ disable: z.boolean() }) }).optional(),
    provider: z.strictObject({
      type: z.literal('Kubernetes'),
      kubernetes: z.strictObject({
        envoyService: z.strictObject({ externalTrafficPolicy: z.enum(['Local', 'Cluster']) }),
      }),
    }),
  }),
});

export type BackendTrafficPolicyManifest = z.infer<typeof backendTrafficPolicy>;
export type EnvoyProxyManifest = z.infer<typeof envoyProxy>;

/** How Envoy treats the gateways behind a route. No package has its schema. */
export const BackendTrafficPolicy = {
  apiVersion: API_VERSION,
  kind: 'BackendTrafficPolicy',
  prototype: {
    validate(this: unknown) {
      backendTrafficPolicy.parse(this);
    },
  },
} as const;

/** How Envoy itself runs. No package has its schema. */
export const EnvoyProxy = {
  apiVersion: API_VERSION,
  kind: 'EnvoyProxy',
  prototype: {
    validate(this: unknown) {
      envoyProxy.parse(this);
    },
  },
} as const;
