import { EU, STAGING, turn, dip } from './places.js';
import { several, type Situation } from './situation.js';

/** Registers and signals fail or are slow, more or less. */
export const OBJECTIVE_SITUATIONS: readonly Situation[] = [
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
      unlicensed: { would_be_late: turn(60, 30, 0, 50), queue_full: turn(60, 30, 0, 10) },
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
