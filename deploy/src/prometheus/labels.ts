/**
 * What sums and shares are grouped by. A `namespace` is there if Kubernetes is what Prometheus asks for its targets; elsewhere it is empty,
 * and grouping by an empty label changes nothing.
 */
export const BY_JOB = 'namespace, job';
export const BY_REGION = 'namespace, job, region';
export const BY_INSTANCE = 'namespace, job, instance';

/** The name under which Prometheus scrapes gateways. */
export const JOB = 'white-rabbit';

/** Gives the series of `expr`, one for each gateway, the region of their gateway. */
export function inRegion(expr: string): string {
  return `${expr} * on (${BY_INSTANCE}) group_left (region) instance:wr_region:info`;
}

/** For descriptions: the gateways that an alert is about, as far as its labels say so. */
export const PLACE =
  '{{ $labels.job }}{{ with $labels.namespace }} in namespace {{ . }}{{ end }}{{ with $labels.region }} in region {{ . }}{{ end }}';
