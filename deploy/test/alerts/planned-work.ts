import { HERE, EU, US, turn, dip } from './places.js';
import { gateway, several, type GatewayLife, type InputSeries, type Situation } from './situation.js';
import type { Phase } from './timeline.js';

/** Drains from that minute on, ends two minutes later, and is forgotten. */
const drained = (minutes: number, atMinute: number, life: GatewayLife = {}): GatewayLife => ({
  ...life,
  draining: turn(minutes, atMinute, 0, 1),
  up: turn(minutes, atMinute + 2, 1, 'gone'),
});

/** Starts at that minute. */
const started = (minutes: number, atMinute: number, sessions: number): GatewayLife => ({
  up: turn(minutes, atMinute, 'gone', 1),
  sessions: turn(minutes, atMinute, 0, sessions),
});

/** Three gateways are replaced one after the other, a few minutes each, and their clients move. */
function rollOut(minutes: number): InputSeries[][] {
  const sessions = (left: number): readonly Phase[] => turn(minutes, left, 1_000, 0);
  return [0, 1, 2].flatMap((index) => {
    const at = 70 + index * 4;
    return [
      gateway(minutes, EU, drained(minutes, at, { sessions: sessions(at + 1) })),
      gateway(minutes, EU, started(minutes, at - 1, 1_000)),
    ];
  });
}

/** Roll-outs, scale-downs, restarts and quiet hours: no page, unless clients stay away. */
export const PLANNED_WORK: readonly Situation[] = [
  {
    title: 'A roll-out replaces all gateways one by one: no alert fires',
    minutes: 150,
    gateways: rollOut(150),
    firing: [85, 100, 149].map((atMinute) => ({ atMinute, alerts: [] })),
    everCritical: [],
  },
  {
    title: 'All clients vanish right after a roll-out: that the old gateways were drained does not hide it',
    minutes: 150,
    gateways: rollOut(90).map((series, index) =>
      series.map(({ series: name, values }) => ({
        series: name,
        // The even ones are those that were drained.
        values: `${values} ${name.startsWith('wr_sessions') ? '0x239' : index % 2 === 0 ? '_x240' : repeatLast(name)}`,
      })),
    ),
    firing: [
      { atMinute: 89, alerts: [] },
      { atMinute: 94, alerts: ['WrSessionsDropped (critical) namespace=white-rabbit region=eu'] },
    ],
  },
  {
    title: 'A scale-down from four gateways to one, while the clients leave as well: no operator is paged',
    minutes: 150,
    gateways: [
      gateway(150, EU, { sessions: [[150, 1_000]] }),
      ...[80, 84, 88].map((at) => gateway(150, EU, drained(150, at, { sessions: turn(150, at + 1, 1_000, 0) }))),
    ],
    firing: [
      { atMinute: 100, alerts: [] },
      { atMinute: 149, alerts: [] },
    ],
    everCritical: [],
  },
  {
    title:
      'A region is taken out by draining all of its gateways: no operator is paged, a warning says that none is left',
    minutes: 150,
    gateways: [
      ...[80, 83, 86].map((at) => gateway(150, US, drained(150, at, { sessions: turn(150, at + 1, 1_000, 0) }))),
      ...several(3, 150, EU, { sessions: turn(150, 85, 1_000, 2_000) }),
    ],
    firing: [{ atMinute: 95, alerts: ['WrAllStopped (warning) namespace=white-rabbit region=us'] }],
    everCritical: [],
  },
  {
    title: 'A quiet night with a dozen sessions and a failed register now and then: no alert fires',
    minutes: 420,
    gateways: several(2, 420, HERE, {
      sessions: [
        [60, 40],
        [60, 30],
        [60, 20],
        [60, 12],
        [60, 3],
        [60, 6],
        [60, 2],
      ],
      registers: {
        accepted: [
          [120, 0.25],
          [300, 0.05],
        ],
        unavailable: dip(420, 300, 20, 0, 0.2),
      },
      registerTimes: { all: [[420, 0.3]], withinObjective: dip(420, 300, 20, 0.3, 0) },
      handoverTimes: { all: [[420, 0.3]], withinObjective: dip(420, 300, 20, 0.3, 0) },
    }),
    firing: [60, 180, 290, 310, 330, 419].map((atMinute) => ({ atMinute, alerts: [] })),
    everCritical: [],
  },
  {
    title: 'A balancer restarts and all clients are back within two minutes: a warning, and no operator is paged',
    minutes: 120,
    gateways: several(3, 120, HERE, {
      sessions: dip(120, 90, 2, 5_000, 100),
      closes: { 1006: dip(120, 90, 1, 5, 4_900) },
    }),
    firing: [
      { atMinute: 93, alerts: ['WrConnectionsLost (warning) region=local'] },
      { atMinute: 119, alerts: [] },
    ],
    everCritical: [],
  },
];

/** An hour more of what a gateway that is well shows. */
function repeatLast(series: string): string {
  return /^(wr_draining|wr_cluster_unreachable|wr_\w+_total)/.test(series) ? '0x239' : '1x239';
}
