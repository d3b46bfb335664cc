/**
 * How long a minute of the alert rules takes in a drill. Seconds. The windows of the rules have seconds enough for
 * several scrapes, and an alert that waits for ten minutes fires after 20 s.
 */
export const SECONDS_A_MINUTE = 2;

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** How often Prometheus scrapes and evaluates in a drill. */
export const INTERVAL = '1s';

/** The text of deploy/prometheus/rules.yaml with all durations scaled; expressions and thresholds are those of the file. */
export function scaledRules(text: string): string {
  return text
    .replaceAll(/(\[|\boffset |\bfor: )(\d+)([mhd])\b/g, (_, before: string, count: string, unit: string) => {
      const seconds = Number(count) * (MINUTES[unit] ?? 1) * SECONDS_A_MINUTE;
      return `${before}${seconds}s`;
    })
    .replaceAll(/\binterval: \d+s\b/g, `interval: ${INTERVAL}`);
}
