import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import type { Manifest } from './kinds.js';

type Kind = Manifest['kind'];
type OfKind<K extends Kind> = Extract<Manifest, { readonly kind: K }>;
type PodSpec = NonNullable<IPodTemplateSpec['spec']>;
type Container = PodSpec['containers'][number];

/** The pods that a Deployment, a StatefulSet or a Job makes. */
export interface Pods {
  /** `kind/name` of what makes them. */
  readonly from: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** Name of the gateways' Deployment, Service, autoscaler and ConfigMap. */
export const GATEWAY = 'white-rabbit-gateway';

/** All documents of one rendering, to be asked. */
export class Manifests {
  constructor(readonly all: readonly Manifest[]) {}

  /** A copy that a test may change. */
  copy(): Manifests {
    return new Manifests(structuredClone(this.all));
  }

  /** All of a kind. */
  of<K extends Kind>(kind: K): OfKind<K>[] {
    return this.all.filter((document): document is OfKind<K> => document.kind === kind);
  }

  /** The one of that kind and name. @throws Error where there is none. */
  one<K extends Kind>(kind: K, name: string): OfKind<K> {
    const found = this.of(kind).find(({ metadata }) => metadata?.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  /** Every pod template. */
  get pods(): readonly Pods[] {
    return [...this.of('Deployment'), ...this.of('StatefulSet'), ...this.of('Job')].map((owner) => {
      const { metadata, spec } = present(owner.spec?.template, `${nameOf(owner)} has no template`);
      return {
        from: nameOf(owner),
        labels: metadata?.labels ?? {},
        spec: present(spec, `${nameOf(owner)} has no pod`),
      };
    });
  }

  /** The gateways' pods. */
  get gatewayPods(): Pods {
    return present(
      this.pods.find(({ from }) => from === `Deployment/${GATEWAY}`),
      'there are no gateways',
    );
  }

  /** The one container of a gateway's pod. */
  get gatewayContainer(): Container {
    return present(this.gatewayPods.spec.containers[0], 'the gateways have no container');
  }

  /** The host names by which clients come: those of the route, or of the Ingress. */
  get hostNames(): readonly string[] {
    const routed = this.of('HTTPRoute').flatMap(({ spec }) => spec.hostnames ?? []);
    const ruled = this.of('Ingress').flatMap(({ spec }) => (spec?.rules ?? []).map(({ host }) => host ?? '*'));
    return [...routed, ...ruled];
  }

  /** The environment of the gateways: every ConfigMap and value, as the container gets them. */
  get gatewaySettings(): Readonly<Record<string, string>> {
    const { envFrom = [], env = [] } = this.gatewayContainer;
    const maps = envFrom.map(({ configMapRef }) => this.one('ConfigMap', configMapRef?.name ?? '').data ?? {});
    const values = env.map(({ name, value }) => ({ [name]: value ?? '' }));
    return Object.assign({}, ...maps, ...values) as Record<string, string>;
  }
}

/** `kind/name`, for messages. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata?.name ?? '?'}`;
}

/** The value. @throws Error that says what is missing. */
export function present<T>(value: T | null | undefined, otherwise: string): T {
  if (value === undefined || value === null) throw new Error(otherwise);
  return value;
}

/** Whether the selector's labels are all among these. */
export function matches(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector ?? {}).every(([name, value]) => labels[name] === value);
}
