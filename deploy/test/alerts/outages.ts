import { HERE, EU, STAGING, US, turn, dip } from './places.js';
import { gateway, several, type GatewayLife, type Situation } from './situation.js';

/** Where 36,000 clients have no way to the gateways any more, which themselves are well. */
const VANISHED: GatewayLife = {
  sessions: turn(120, 90, 12_000, 0),
  closes: { 1006: dip(120, 90, 1, 20, 12_000) },
  registers: { accepted: turn(120, 90, 60, 0) },
};

/** Gateways, Redis, PostgreSQL or the way to the gateways fail. */
export const OUTAGES: readonly Situation[] = [
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
    // Long enough that the hours before weigh in the windows of the error budget.
    minutes: 330,
    gateways: several(3, 330, EU, {
      ready: dip(330, 300, 0.75, 1, 0),
      joined: dip(330, 300, 0.75, 1, 0),
      sessions: [[330, 5_000]],
      registers: { accepted: dip(330, 300, 0.75, 20, 0), unavailable: dip(330, 300, 0.75, 0, 30) },
    }),
    firing: [
      { atMinute: 302, alerts: [] },
      { atMinute: 330, alerts: [] },
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
];
