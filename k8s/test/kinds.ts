import { Gateway, type IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import {
  GatewayClass,
  type IGatewayClass,
} from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import { HTTPRoute, type IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { ScaledObject, type IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import {
  PodMonitor,
  type IPodMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import {
  PrometheusRule,
  type IPrometheusRule,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet, type IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import {
  HorizontalPodAutoscaler,
  type IHorizontalPodAutoscaler,
} from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job, type IJob } from 'kubernetes-models/batch/v1/Job';
import { Ingress, type IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy, type INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget, type IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { PriorityClass, type IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1/PriorityClass';
import { ConfigMap, type IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace, type INamespace } from 'kubernetes-models/v1/Namespace';
import { Pod, type IPod } from 'kubernetes-models/v1/Pod';
import { Secret, type ISecret } from 'kubernetes-models/v1/Secret';
import { Service, type IService } from 'kubernetes-models/v1/Service';
import { ServiceAccount, type IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import {
  BackendTrafficPolicy,
  EnvoyProxy,
  type BackendTrafficPolicyManifest,
  type EnvoyProxyManifest,
} from './envoy-gateway-kinds.js';

/** A document of one of the kinds that these manifests are made of. */
export type Manifest =
  | BackendTrafficPolicyManifest
  | EnvoyProxyManifest
  | IGateway
  | IGatewayClass
  | IHTTPRoute
  | IScaledObject
  | IPodMonitor
  | IPrometheusRule
  | IDeployment
  | IStatefulSet
  | IHorizontalPodAutoscaler
  | IJob
  | IIngress
  | INetworkPolicy
  | IPodDisruptionBudget
  | IPriorityClass
  | IConfigMap
  | INamespace
  | IPod
  | ISecret
  | IService
  | IServiceAccount;

/** A kind of document, with its schema. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** `validate` is called on the document. It throws an Error that says what the schema has against it. */
  readonly prototype: { readonly validate: (this: unknown) => void };
}

/** Every kind that has a place in the manifests. */
export const KINDS: readonly Kind[] = [
  BackendTrafficPolicy,
  EnvoyProxy,
  Gateway,
  GatewayClass,
  HTTPRoute,
  ScaledObject,
  PodMonitor,
  PrometheusRule,
  Deployment,
  StatefulSet,
  HorizontalPodAutoscaler,
  Job,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  PriorityClass,
  ConfigMap,
  Namespace,
  Pod,
  Secret,
  Service,
  ServiceAccount,
];
