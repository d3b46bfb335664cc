import { describe, expect, it } from '@jest/globals';
import { DRILLS, WITHOUT_DRILL } from './catalogue.js';
import { readRunbook } from './runbook.js';

const entries = await readRunbook();

describe('The drills', () => {
  it('are there for each entry of the runbook, or a reason is given', () => {
    const drilled = DRILLS.map(({ alert }) => alert);
    expect(new Set(drilled).size).toBe(drilled.length);
    const known = [...drilled, ...Object.keys(WITHOUT_DRILL)];
    expect(known.toSorted()).toEqual(entries.map(({ alert }) => alert).toSorted());
  });

  it.each(DRILLS.map((drill) => [drill.alert, drill] as const))(
    'of %s name commands that the entry has',
    (_, drill) => {
      const { diagnosis = [], fix = [] } = entries.find(({ alert }) => alert === drill.alert) ?? {};
      const { shows, fails = [], otherCause = {} } = drill;
      for (const part of [...shows.map(([command]) => command), ...fails])
        expect(diagnosis.filter((command) => command.includes(part))).not.toEqual([]);
      for (const part of Object.keys(otherCause))
        expect([...diagnosis, ...fix].filter((command) => command.includes(part))).not.toEqual([]);
      expect(shows.length).toBeGreaterThan(0);
    },
  );
});
