import { counter, gauge, type Phase } from './timeline.js';

/** Where a gateway is. Without `namespace`: not in Kubernetes. */
export interface Place {
  readonly namespace?: string;
  readonly region?: string;
}

/** What a gateway does over time; what is left out is as in a gateway that is well and idle. */
export interface GatewayLife {
  /** Values of `up`: 1 or 0, or `gone` when the service discovery forgets it. */
  readonly up?: readonly Phase[];
  readonly ready?: readonly Phase[];
  readonly draining?: readonly Phase[];
  readonly joined?: readonly Phase[];
  readonly databaseUp?: readonly Phase[];
  readonly sessions?: readonly Phase[];
  /** Registers a minute by verdict. */
  readonly registers?: Readonly<Record<string, readonly Phase[]>>;
  /** License checks without a verdict, a minute, by reason. */
  readonly unlicensed?: Readonly<Record<string, readonly Phase[]>>;
  /** Closes a minute by code. */
  readonly closes?: Readonly<Record<string, readonly Phase[]>>;
  /** Durations a minute: all of them, and those within the objective. */
  readonly registerTimes?: { readonly all: readonly Phase[]; readonly withinObjective: readonly Phase[] };
  readonly handoverTimes?: { readonly all: readonly Phase[]; readonly withinObjective: readonly Phase[] };
}

/** A series of a promtool test. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** An alert that fires: its name and severity, and where, `namespace` and `region` as far as it has them. */
export type Firing = `${string} (${'critical' | 'warning'})${'' | ` ${string}`}`;

/** What happens, and which alerts fire when. All of them: what is not named must not fire. */
export interface Situation {
  readonly title: string;
  readonly minutes: number;
  readonly gateways: readonly (readonly InputSeries[])[];
  readonly firing: readonly { readonly atMinute: number; readonly alerts: readonly Firing[] }[];
  /** Alerts of that severity that fire at any time, by name; `undefined`: not looked at. */
  readonly everCritical?: readonly string[];
}

let gateways = 0;

/** The series of one gateway. `minutes`: how long the situation takes. */
export function gateway(
  minutes: number,
  { namespace, region = 'local' }: Place,
  life: GatewayLife = {},
): InputSeries[] {
  const instance = `10.0.0.${(gateways += 1)}:9090`;
  const of = (metric: string, labels: Readonly<Record<string, string>> = {}) => {
    const all = { ...(namespace !== undefined && { namespace }), job: 'white-rabbit', instance, ...labels };
    const text = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
    return `${metric}{${text.join(',')}}`;
  };
  const steady = (value: number): readonly Phase[] => [[minutes, value]];
  const up = life.up ?? steady(1);
  /** Nothing else is seen of a gateway that cannot be scraped. */
  const seen = (phases: readonly Phase[]) => whileUp(phases, up);
  const show = (metric: string, phases: readonly Phase[], labels?: Readonly<Record<string, string>>): InputSeries => ({
    series: of(metric, labels),
    values: gauge(...seen(phases)),
  });
  const count = (metric: string, label: string, rates: Readonly<Record<string, readonly Phase[]>> = {}) =>
    Object.entries(rates).map(([value, phases]) => ({
      series: of(metric, { [label]: value }),
      values: counter(...seen(phases)),
    }));
  const times = (
    metric: string,
    [le, nextLe]: readonly [string, string],
    life?: GatewayLife['registerTimes'],
    labels = {},
  ): InputSeries[] =>
    life === undefined
      ? []
      : [
          { series: of(`${metric}_count`, labels), values: counter(...seen(life.all)) },
          { series: of(`${metric}_bucket`, { ...labels, le }), values: counter(...seen(life.withinObjective)) },
          { series: of(`${metric}_bucket`, { ...labels, le: nextLe }), values: counter(...seen(life.all)) },
          { series: of(`${metric}_bucket`, { ...labels, le: '+Inf' }), values: counter(...seen(life.all)) },
        ];
  /** Counters are shown from the start. */
  const zeros = (...values: readonly string[]) => Object.fromEntries(values.map((value) => [value, steady(0)]));
  const draining = life.draining ?? steady(0);
  return [
    { series: of('up'), values: gauge(...up) },
    show('wr_build_info', steady(1), { region, version: '1.2.3', node: `n${gateways}` }),
    show('wr_ready', life.ready ?? draining.map(([time, value]): Phase => [time, value === 1 ? 0 : 1])),
    show('wr_draining', draining),
    show('wr_cluster_joined', life.joined ?? steady(1)),
    show('wr_cluster_unreachable', steady(0)),
    show('wr_database_up', life.databaseUp ?? steady(1)),
    show('wr_sessions', life.sessions ?? steady(0)),
    ...count('wr_registers_total', 'verdict', { ...zeros('accepted', 'unavailable', 'internal'), ...life.registers }),
    ...count('wr_license_unavailable_total', 'reason', {
      ...zeros('failed', 'deadline', 'queue_full', 'would_be_late'),
      ...life.unlicensed,
    }),
    ...count('wr_closes_total', 'code', life.closes),
    ...times('wr_register_seconds', ['1', '2.5'], life.registerTimes),
    ...times('wr_signal_handover_seconds', ['0.25', '1'], life.handoverTimes, { path: 'across' }),
  ];
}

/** So many gateways that do the same. */
export function several(count: number, minutes: number, place: Place, life?: GatewayLife): InputSeries[][] {
  return Array.from({ length: count }, () => gateway(minutes, place, life));
}

/** The phases, with `gone` at the times at which the target is not up. */
function whileUp(phases: readonly Phase[], up: readonly Phase[]): readonly Phase[] {
  const cuts = [...new Set([...endsOf(phases), ...endsOf(up)])].sort((one, other) => one - other);
  return cuts.map((end, index): Phase => {
    const start = cuts[index - 1] ?? 0;
    return [end - start, at(up, start) === 1 ? at(phases, start) : 'gone'];
  });
}

function endsOf(phases: readonly Phase[]): number[] {
  let end = 0;
  return phases.map(([minutes]) => (end += minutes));
}

function at(phases: readonly Phase[], minute: number): Phase[1] {
  const ends = endsOf(phases);
  const index = ends.findIndex((end) => minute < end);
  return phases[index]?.[1] ?? 'gone';
}
