import { expect, it } from '@jest/globals';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { DRILLS } from '../src/drills/catalogue.js';
import { prometheusMissing } from '../src/drills/drill-prometheus.js';
import { runDrill } from '../src/drills/run-drill.js';
import { readRunbook } from '../src/drills/runbook.js';

const entries = await readRunbook();
const short = DRILLS.filter(({ isShort }) => isShort === true);

// `npm run drills` runs all of them.
describeUnless(await prometheusMissing())('The commands of the runbook', () => {
  it.each(short.map((drill) => [drill.alert, drill.fault, drill] as const))(
    'show the fault of %s and end its alert: %s',
    async (alert, _, drill) => {
      const entry = entries.find((known) => known.alert === alert);
      if (entry === undefined) throw new Error(`The runbook has no entry ${alert}.`);
      const { problems, commands } = await runDrill(drill, entry, () => undefined);
      expect(problems).toEqual([]);
      expect(commands.some(({ result }) => result === 'run')).toBe(true);
    },
  );
});
