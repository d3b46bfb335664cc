import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@white-rabbit/testing';
import { diagnosisProblem, fixProblem } from './command-problem.js';
import { DrillSite } from './drill-site.js';
import type { Drill } from './drill.js';
import { notRunReason } from './not-run.js';
import { withoutComment, type Entry } from './runbook.js';

/** The alert fires, and ends after the fix, within this time. Milliseconds. */
const ALERT_MS = 150_000;
/** A line of the log or a metric may follow the alert by a moment. Milliseconds. */
const SHOWN_MS = 15_000;
const AGAIN_MS = 500;

/** A command of the runbook, and what became of it. */
export interface CommandReport {
  readonly command: string;
  readonly result: 'run' | 'not run';
  /** Why it did not run. */
  readonly reason?: string;
}

/** What came of a drill. */
export interface DrillReport {
  readonly drill: Drill;
  readonly commands: readonly CommandReport[];
  /** What was not as the entry says; empty: the entry is right. */
  readonly problems: readonly string[];
  readonly tookS: number;
}

/** Injects the fault, runs the commands of the entry, and waits for the end of the alert. Never rejects. */
export async function runDrill(drill: Drill, entry: Entry, say: (line: string) => void): Promise<DrillReport> {
  const start = performance.now();
  const run = new DrillRun(drill, say);
  try {
    await run.all(entry);
  } catch (failure) {
    run.problems.push(failure instanceof Error ? failure.message : String(failure));
  }
  return {
    drill,
    commands: run.commands,
    problems: run.problems,
    tookS: Math.round((performance.now() - start) / 1000),
  };
}

class DrillRun {
  readonly commands: CommandReport[] = [];
  readonly problems: string[] = [];
  readonly #drill: Drill;
  readonly #say: (line: string) => void;
  #words: Readonly<Record<string, string>> = {};

  constructor(drill: Drill, say: (line: string) => void) {
    this.#drill = drill;
    this.#say = say;
  }

  async all({ diagnosis, fix }: Entry): Promise<void> {
    const { alert, severity, fault, inject, words, repair } = this.#drill;
    await using site = await DrillSite.start(this.#drill.site);
    const isFiring = () => site.prometheus.isFiring(alert, severity);
    // Before the first scrape there are no gateways.
    await eventually(`${alert} does not fire before the fault`, async () => !(await isFiring()));
    this.#say(`${alert}: ${fault}`);
    await inject(site);
    await eventually(`${alert} fires`, isFiring, { deadlineMs: ALERT_MS });
    this.#say(`${alert} fires`);
    this.#words = (await words?.(site)) ?? {};
    for (const command of diagnosis) await this.#diagnose(site, command);
    await site.endRepeated();
    await repair?.(site);
    for (const command of fix) await this.#fix(site, command);
    await eventually(`${alert} ends`, async () => !(await isFiring()), { deadlineMs: ALERT_MS });
    this.#say(`${alert} has ended`);
  }

  async #diagnose(site: DrillSite, command: string): Promise<void> {
    if (await this.#isNotRun(command)) return;
    const deadline = performance.now() + SHOWN_MS;
    for (;;) {
      const problem = diagnosisProblem(this.#drill, command, await site.run(this.#filled(command)));
      if (problem === undefined) return;
      if (performance.now() > deadline) {
        this.problems.push(problem);
        return;
      }
      await sleep(AGAIN_MS);
    }
  }

  async #fix(site: DrillSite, command: string): Promise<void> {
    if (await this.#isNotRun(command)) return;
    const printed = await site.run(this.#filled(command));
    this.#say(`${withoutComment(command)}: status ${printed.status}`);
    const problem = fixProblem(command, printed);
    if (problem !== undefined) this.problems.push(problem);
  }

  async #isNotRun(command: string): Promise<boolean> {
    const { otherCause = {} } = this.#drill;
    const cause = Object.entries(otherCause).find(([part]) => command.includes(part))?.[1];
    const notRun = cause === undefined ? await notRunReason(this.#filled(command)) : undefined;
    const reason = cause ?? notRun?.reason;
    const report = { command: withoutComment(command), result: reason === undefined ? 'run' : 'not run' } as const;
    if (notRun?.isMissing === true && process.env['CI'] === 'true')
      this.problems.push(`${report.command}: ${notRun.reason}`);
    this.commands.push(reason === undefined ? report : { ...report, reason });
    return reason !== undefined;
  }

  /** The command with the values for its words in capitals. */
  #filled(command: string): string {
    return Object.entries(this.#words).reduce((text, [word, value]) => text.replaceAll(word, value), command);
  }
}
