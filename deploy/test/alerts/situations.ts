import { gateway, several, type GatewayLife, type InputSeries, type Situation } from './situation.js';
import type { Phase } from './timeline.js';

const HERE = { region: 'local' };
const EU = { namespace: 'white-rabbit', region: 'eu' };
const STAGING = { namespace: 'staging', region: 'eu' };
const US = { namespace: 'white-rabbit', region: 'us' };

/** `before` for that long, `then` for the rest. */
const turn = (minutes: number, atMinute: number, before: Phase[1], then: Phase[1]): readonly Phase[] => [
  [atMinute, before],
  [minutes - atMinute, then],
];

/** `usual`, but for a while something else. */
const dip = (minutes: number, atMinute: number, lasts: number, usual: Phase[1], other: Phase[1]): readonly Phase[] => [
  [atMinute, usual],
  [lasts, other],
  [minutes - atMinute - lasts, usual],
];

/** Where 36,000 clients have no way to the gateways any more, which themselves are well. */
const VANISHED: GatewayLife = {
  sessions: turn(120, 90, 12_000, 0),
  closes: { 1006: dip(120, 90, 1, 20, 12_000) },
  registers: { accepted: turn(120, 90, 60, 0) },
};

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

/** What happens in an installation, and which alerts fire. */
export const SITUATIONS: readonly Situation[] = [
  {
    title:
      'All clients of three gateways vanish: an operator is paged, for the sessions at once, for the registers soon',
    minutes: 120,
    gateways: several(3, 120, HERE, VANISHED),
    firing: [
      { atMinute: 89, alerts: [] },
      {
        atMinute: 94,
        alerts: ['WrSessionsDropped (critical) region=local', 'WrConnectionsLost (warning) region=local'],
      },
      { atMinute: 103, alerts: ['WrSessionsDropped (critical) region=local', 'WrNoRegisters (critical) region=local'] },
    ],
  },
  {
    title: 'All clients of one of two namespaces vanish: the clients of the other one do not hide it',
    minutes: 120,
    gateways: [
      ...several(2, 120, STAGING, VANISHED),
      ...several(3, 120, EU, { sessions: [[120, 12_000]], registers: { accepted: [[120, 60]] } }),
    ],
    firing: [
      {
        atMinute: 103,
        alerts: [
          'WrSessionsDropped (critical) namespace=staging region=eu',
          'WrNoRegisters (critical) namespace=staging region=eu',
        ],
      },
    ],
  },
  {
    title:
      'No gateway of a namespace is ready: ready gateways of another namespace and of another region do not hide it',
    minutes: 30,
    gateways: [...several(2, 30, STAGING, { ready: turn(30, 10, 1, 0) }), ...several(3, 30, EU), ...several(3, 30, US)],
    firing: [
      { atMinute: 9, alerts: [] },
      {
        atMinute: 13,
        alerts: ['WrNoNodeReady (critical) namespace=staging region=eu', 'WrNodeUnready (warning) namespace=staging'],
      },
    ],
  },
  {
    title: 'No gateway of a region is ready: ready gateways of another region in the same namespace do not hide it',
    minutes: 30,
    gateways: [...several(2, 30, US, { ready: turn(30, 10, 1, 0) }), ...several(3, 30, EU)],
    firing: [
      {
        atMinute: 13,
        alerts: [
          'WrNoNodeReady (critical) namespace=white-rabbit region=us',
          'WrNodeUnready (warning) namespace=white-rabbit',
        ],
      },
    ],
  },
  {
    title: 'All gateways of a namespace are killed and forgotten: those of another namespace do not hide it',
    minutes: 30,
    gateways: [...several(2, 30, STAGING, { up: turn(30, 10, 1, 'gone') }), ...several(3, 30, EU)],
    firing: [
      { atMinute: 10, alerts: [] },
      { atMinute: 12, alerts: ['WrNoneScraped (critical) namespace=staging region=eu'] },
      { atMinute: 25, alerts: ['WrNoneScraped (critical) namespace=staging region=eu'] },
    ],
  },
  {
    title: 'The only gateway outside Kubernetes is killed: an operator is paged within two minutes',
    minutes: 30,
    gateways: [gateway(30, HERE, { up: turn(30, 10, 1, 0) })],
    firing: [{ atMinute: 13, alerts: ['WrNoneScraped (critical) region=local', 'WrNoScrape (warning)'] }],
  },
  {
    title: 'One of twenty gateways cannot be scraped: no operator is paged',
    minutes: 90,
    gateways: [
      ...several(19, 90, EU, { sessions: [[90, 1_000]] }),
      gateway(90, EU, { sessions: [[90, 1_000]], up: turn(90, 70, 1, 0) }),
    ],
    firing: [{ atMinute: 80, alerts: ['WrNoScrape (warning) namespace=white-rabbit'] }],
    everCritical: [],
  },
  {
    title: 'One of twenty gateways is not ready, cut off from Redis and from PostgreSQL: no operator is paged',
    minutes: 90,
    gateways: [
      ...several(19, 90, EU),
      gateway(90, EU, { ready: turn(90, 70, 1, 0), joined: turn(90, 70, 1, 0), databaseUp: turn(90, 70, 1, 0) }),
    ],
    firing: [
      {
        atMinute: 80,
        alerts: [
          'WrNodeUnready (warning) namespace=white-rabbit',
          'WrClusterDown (warning) namespace=white-rabbit',
          'WrDatabaseUnreachable (warning) namespace=white-rabbit',
        ],
      },
    ],
    everCritical: [],
  },
  {
    title: 'One of two gateways is killed: no operator is paged',
    minutes: 60,
    gateways: [
      gateway(60, HERE, { sessions: turn(60, 31, 500, 1_000) }),
      gateway(60, HERE, { sessions: [[60, 500]], up: turn(60, 30, 1, 0) }),
    ],
    firing: [{ atMinute: 40, alerts: ['WrNoScrape (warning)'] }],
    everCritical: [],
  },
  {
    title: 'Eight of twenty gateways are away, in two ways: an operator is paged',
    minutes: 60,
    gateways: [
      ...several(12, 60, EU),
      ...several(4, 60, EU, { up: turn(60, 30, 1, 0) }),
      ...several(4, 60, EU, { ready: turn(60, 30, 1, 0) }),
    ],
    firing: [
      { atMinute: 31, alerts: [] },
      {
        atMinute: 34,
        alerts: [
          'WrManyNodesUnready (critical) namespace=white-rabbit region=eu',
          'WrNoScrape (warning) namespace=white-rabbit',
          'WrNodeUnready (warning) namespace=white-rabbit',
        ],
      },
    ],
  },
  {
    title: 'Redis fails over within 45 s: no operator is paged, and sessions stay',
    minutes: 150,
    gateways: several(3, 150, EU, {
      ready: dip(150, 90, 0.75, 1, 0),
      joined: dip(150, 90, 0.75, 1, 0),
      sessions: [[150, 5_000]],
      registers: { accepted: dip(150, 90, 0.75, 20, 0), unavailable: dip(150, 90, 0.75, 0, 60) },
    }),
    firing: [
      { atMinute: 92, alerts: [] },
      { atMinute: 150, alerts: [] },
    ],
    everCritical: [],
  },
  {
    title: 'Redis does not come back: an operator is paged because no gateway is ready, once',
    minutes: 30,
    gateways: several(3, 30, EU, { ready: turn(30, 10, 1, 0), joined: turn(30, 10, 1, 0), sessions: [[30, 5_000]] }),
    firing: [
      {
        atMinute: 14,
        alerts: [
          'WrNoNodeReady (critical) namespace=white-rabbit region=eu',
          'WrNodeUnready (warning) namespace=white-rabbit',
          'WrClusterDown (warning) namespace=white-rabbit',
        ],
      },
    ],
    everCritical: ['WrNoNodeReady'],
  },
  {
    title: 'The database fails over within 45 s: no operator is paged; when it stays away, an operator is paged',
    minutes: 60,
    gateways: several(2, 60, EU, {
      databaseUp: [
        [20, 1],
        [0.75, 0],
        [19.25, 1],
        [20, 0],
      ],
    }),
    firing: [
      { atMinute: 22, alerts: [] },
      {
        atMinute: 45,
        alerts: [
          'WrDatabaseDown (critical) namespace=white-rabbit region=eu',
          'WrDatabaseUnreachable (warning) namespace=white-rabbit',
        ],
      },
    ],
  },
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
  {
    title: 'A tenth of all registers fails: the budget is used up fast, and an operator is paged',
    minutes: 180,
    gateways: several(3, 180, EU, {
      registers: { accepted: turn(180, 120, 20, 18), unavailable: turn(180, 120, 0, 4) },
    }),
    firing: [
      { atMinute: 119, alerts: [] },
      {
        atMinute: 150,
        alerts: [
          'WrRegisterErrorBudget (critical) namespace=white-rabbit',
          'WrRegisterErrorBudget (warning) namespace=white-rabbit',
        ],
      },
    ],
  },
  {
    title: 'One register in a hundred fails for an hour: the budget is used up slowly, and no operator is paged',
    minutes: 150,
    gateways: several(3, 150, EU, { registers: { accepted: [[150, 19.8]], internal: turn(150, 60, 0, 0.2) } }),
    firing: [{ atMinute: 149, alerts: ['WrRegisterErrorBudget (warning) namespace=white-rabbit'] }],
    everCritical: [],
  },
  {
    title: 'Refusals that are the client’s fault, and those of the license queue, use up no budget',
    minutes: 180,
    gateways: several(3, 180, EU, {
      registers: { accepted: [[180, 20]], license_expired: [[180, 5]], license_unavailable: dip(180, 100, 2, 0, 400) },
      unlicensed: { queue_full: dip(180, 100, 2, 0, 400) },
    }),
    firing: [
      { atMinute: 103, alerts: [] },
      { atMinute: 170, alerts: [] },
    ],
    everCritical: [],
  },
  {
    title: 'License checks fail at the database: an operator is paged, and not for the queue',
    minutes: 60,
    gateways: several(3, 60, EU, {
      registers: { accepted: turn(60, 30, 20, 5), license_unavailable: turn(60, 30, 0, 60) },
      unlicensed: { failed: turn(60, 30, 0, 60) },
    }),
    firing: [
      {
        atMinute: 40,
        alerts: [
          'WrLicenseChecksFailed (critical) namespace=white-rabbit',
          'WrRegisterErrorBudget (critical) namespace=white-rabbit',
          'WrRegisterErrorBudget (warning) namespace=white-rabbit',
        ],
      },
    ],
  },
  {
    title: 'The license queue is full for long: a warning of its own, and the database is not blamed',
    minutes: 60,
    gateways: several(3, 60, EU, {
      registers: { accepted: [[60, 60]], license_unavailable: turn(60, 30, 0, 60) },
      unlicensed: { queue_full: turn(60, 30, 0, 60) },
    }),
    firing: [{ atMinute: 40, alerts: ['WrLicenseQueueFull (warning) namespace=white-rabbit'] }],
    everCritical: [],
  },
  {
    title: 'A fifth of the registers takes longer than 1 s: an operator is paged; a fiftieth waits until the morning',
    minutes: 150,
    gateways: [
      ...several(2, 150, EU, {
        registerTimes: { all: [[150, 20]], withinObjective: turn(150, 60, 20, 16) },
      }),
      ...several(2, 150, STAGING, {
        registerTimes: { all: [[150, 20]], withinObjective: turn(150, 60, 20, 19.6) },
      }),
    ],
    firing: [
      { atMinute: 59, alerts: [] },
      {
        atMinute: 149,
        alerts: [
          'WrRegisterLatencyBudget (critical) namespace=white-rabbit',
          'WrRegisterLatencyBudget (warning) namespace=white-rabbit',
          'WrRegisterLatencyBudget (warning) namespace=staging',
          'WrRegisterSlow (warning) namespace=white-rabbit',
          'WrRegisterSlow (warning) namespace=staging',
        ],
      },
    ],
  },
  {
    title: 'A fifth of the signals takes longer than 250 ms: an operator is paged; a fiftieth waits until the morning',
    minutes: 150,
    gateways: [
      ...several(2, 150, EU, {
        handoverTimes: { all: [[150, 20]], withinObjective: turn(150, 60, 20, 16) },
      }),
      ...several(2, 150, STAGING, {
        handoverTimes: { all: [[150, 20]], withinObjective: turn(150, 60, 20, 19.6) },
      }),
    ],
    firing: [
      {
        atMinute: 149,
        alerts: [
          'WrHandoverLatencyBudget (critical) namespace=white-rabbit',
          'WrHandoverLatencyBudget (warning) namespace=white-rabbit',
          'WrHandoverLatencyBudget (warning) namespace=staging',
          'WrHandoverSlow (warning) namespace=white-rabbit',
          'WrHandoverSlow (warning) namespace=staging',
        ],
      },
    ],
  },
];

/** An hour more of what a gateway that is well shows. */
function repeatLast(series: string): string {
  return /^(wr_draining|wr_cluster_deaf)/.test(series) ? '0x239' : '1x239';
}
