import type { Figure, Limit } from '@white-rabbit/testing';

/** Whether the figure keeps its promise. */
export function isKept({ value, limit }: Figure): boolean {
  if (limit === undefined || 'stated' in limit) return true;
  if ('atMost' in limit) return value <= limit.atMost;
  return 'atLeast' in limit ? value >= limit.atLeast : value === limit.exactly;
}

/** Such as `OFFLINE after at most 12345 ms (≤ 15000)`. */
export function figureText(figure: Figure): string {
  const { name, value, unit, limit } = figure;
  const shown = `${name}: ${Number.isInteger(value) ? value : value.toFixed(1)}${unit && ` ${unit}`}`;
  if (limit === undefined) return shown;
  if ('stated' in limit) return `${shown} (stated: ${limit.stated})`;
  const [sign, bound] =
    'atMost' in limit ? ['≤', limit.atMost] : 'atLeast' in limit ? ['≥', limit.atLeast] : ['=', limit.exactly];
  return `${shown} (${sign} ${bound})${isKept(figure) ? '' : ' BREACH'}`;
}

/** Collects the figures of a row. */
export class Figures {
  readonly all: Figure[] = [];

  add(name: string, value: number, unit = '', limit?: Limit): void {
    this.all.push({ name, value, unit, ...(limit && { limit }) });
  }

  /** Whether at least one figure can be kept or not. */
  get haveLimits(): boolean {
    return this.all.some(({ limit }) => limit !== undefined && !('stated' in limit));
  }

  get areKept(): boolean {
    return this.all.every(isKept);
  }
}
