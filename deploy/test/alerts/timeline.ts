/** Scrapes in a minute. */
const PER_MINUTE = 4;

/** So many minutes with that value; `gone`: the target does not answer, and its series end. */
export type Phase = readonly [minutes: number, value: number | 'gone'];

/** A gauge over time, in promtool's notation. */
export function gauge(...phases: readonly Phase[]): string {
  return phases
    .map(([minutes, value]) => (value === 'gone' ? gone(minutes) : steps(value, 0, samplesIn(minutes))))
    .join(' ');
}

/** A counter over time: how much it grows in a minute. After `gone` it begins with 0, as after a restart. */
export function counter(...phases: readonly Phase[]): string {
  let count = 0;
  return phases
    .map(([minutes, perMinute]) => {
      if (perMinute === 'gone') {
        count = 0;
        return gone(minutes);
      }
      const step = perMinute / PER_MINUTE;
      const text = steps(count, step, samplesIn(minutes));
      count += step * samplesIn(minutes);
      return text;
    })
    .join(' ');
}

function samplesIn(minutes: number): number {
  return Math.round(minutes * PER_MINUTE);
}

/** `a+bxn` is a, and n more. */
function steps(from: number, step: number, samples: number): string {
  return `${from}+${step}x${samples - 1}`;
}

function gone(minutes: number): string {
  const samples = samplesIn(minutes);
  return samples === 1 ? 'stale' : `stale _x${samples - 1}`;
}
