import { eventually } from '@white-rabbit/testing';
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
    this.#problemIfUnknown([...diagnosis, ...fix]);
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

  /** A part of a command that no command of the entry contains would be checked against nothing. */
  #problemIfUnknown(commands: readonly string[]): void {
    const { shows, fails = [], otherCause = {} } = this.#drill;
    for (const part of [...shows.map(([command]) => command), ...fails, ...Object.keys(otherCause)]) {
      if (!commands.some((command) => command.includes(part))) this.problems.push(`No command contains ${part}`);
    }
  }

  async #diagnose(site: DrillSite, command: string): Promise<void> {
    if (await this.#isNotRun(command)) return;
    const { shows, fails = [] } = this.#drill;
    const expected = shows.filter(([part]) => command.includes(part)).flatMap(([, ...patterns]) => patterns);
    const mayFail = fails.some((part) => command.includes(part));
    const deadline = performance.now() + SHOWN_MS;
    let problem = await this.#problemOf(site, command, mayFail, expected);
    while (problem !== undefined && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      problem = await this.#problemOf(site, command, mayFail, expected);
    }
    if (problem !== undefined) this.problems.push(problem);
  }

  async #problemOf(
    site: DrillSite,
    command: string,
    mayFail: boolean,
    expected: readonly RegExp[],
  ): Promise<string | undefined> {
    const { output, status } = await site.run(this.#filled(command));
    const missing = expected.filter((pattern) => !pattern.test(output));
    const shown = `${withoutComment(command)}\n${lastLines(output)}`;
    if (mayFail ? status === 0 : status !== 0) return `status ${status}: ${shown}`;
    return missing.length > 0 ? `without ${missing.join(' and ')}: ${shown}` : undefined;
  }

  async #fix(site: DrillSite, command: string): Promise<void> {
    if (await this.#isNotRun(command)) return;
    const { output, status } = await site.run(this.#filled(command));
    this.#say(`${withoutComment(command)}: status ${status}`);
    if (status !== 0) this.problems.push(`status ${status}: ${withoutComment(command)}\n${lastLines(output)}`);
  }

  async #isNotRun(command: string): Promise<boolean> {
    const { otherCause = {} } = this.#drill;
    const cause = Object.entries(otherCause).find(([part]) => command.includes(part))?.[1];
    const reason = cause ?? (await notRunReason(this.#filled(command)));
    const report = { command: withoutComment(command), result: reason === undefined ? 'run' : 'not run' } as const;
    this.commands.push(reason === undefined ? report : { ...report, reason });
    return reason !== undefined;
  }

  /** The command with the values for its words in capitals. */
  #filled(command: string): string {
    return Object.entries(this.#words).reduce((text, [word, value]) => text.replaceAll(word, value), command);
  }
}

/** Enough of an output to see what is wrong. */
function lastLines(output: string): string {
  return output
    .split('\n')
    .slice(-8)
    .map((line) => line.slice(0, 300))
    .join('\n');
}
