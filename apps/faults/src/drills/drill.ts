import type { DrillSite, SiteOptions } from './drill-site.js';

/** What the output of a command must contain. The command is named by a part of its text. */
export type Shown = readonly [command: string, ...output: readonly RegExp[]];

/** The fault of an entry of the runbook, and what its commands must show of it. */
export interface Drill {
  /** The name of the alert, which is the heading of the entry. */
  readonly alert: string;
  /** Which of the alert's rules; default: any. */
  readonly severity?: 'critical' | 'warning';
  /** The fault, in words. */
  readonly fault: string;
  /** Part of `npm test`: the fault needs less than 10 s. */
  readonly isShort?: true;
  readonly site?: SiteOptions;
  /** Injects the fault. The drill then waits until Prometheus fires the alert. */
  readonly inject: (site: DrillSite) => Promise<void>;
  /** Commands of the diagnosis, and what they print while the fault is there. */
  readonly shows: readonly Shown[];
  /** Parts of commands that end with another status than 0 while the fault is there. */
  readonly fails?: readonly string[];
  /** Values for the words in capitals in the commands, such as PID. */
  readonly words?: (site: DrillSite) => Promise<Readonly<Record<string, string>>>;
  /** What **Fix** says in prose, such as "Fix Redis". Runs before the commands of the fix. */
  readonly repair?: (site: DrillSite) => Promise<void>;
  /** Parts of commands of the fix that are for another cause than this fault, with the reason. They do not run. */
  readonly otherCause?: Readonly<Record<string, string>>;
}
