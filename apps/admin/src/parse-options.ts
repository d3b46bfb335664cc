import { MAX_DEVICES } from '@white-rabbit/license';
import { InvalidArgumentError } from 'commander';

/** Most licenses of one `issue`: a guard against typing errors. */
const MAX_COUNT = 10_000_000;

/** A century: a guard against typing errors. */
const MAX_DAYS = 36_500;

/** The expiry of a license without one. */
export const NEVER = 'never';

/** `--count`. */
export function parseCount(text: string): number {
  return parseWhole(text, MAX_COUNT);
}

/** `--max-devices`. */
export function parseMaxDevices(text: string): number {
  return parseWhole(text, MAX_DEVICES);
}

/** `--expires` and `--since`: a date (00:00 UTC) or a time with its zone. */
export function parseMoment(text: string): Date {
  const date = parseDate(text);
  if (date === undefined)
    throw new InvalidArgumentError('Expected a date like 2030-12-31 or a time like 2030-12-31T18:00:00Z.');
  return date;
}

/** A date (00:00 UTC) or a time with its zone; `undefined` for any other text. */
export function parseDate(text: string): Date | undefined {
  const day = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.exec(text)?.[1];
  const date = new Date(text);
  // `new Date` reads the 30th of February as the 2nd of March.
  const isDay = day !== undefined && isoDay(new Date(day)) === day;
  return isDay && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** `--expires` of `update`: as `parseMoment`, or `never`. Commander has no options whose value is `null`. */
export function parseExpiry(text: string): Date | typeof NEVER {
  return text === NEVER ? NEVER : parseMoment(text);
}

/** A number of days like `30d`. */
export function parseDays(text: string): number {
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1]);
  if (!(days >= 1 && days <= MAX_DAYS))
    throw new InvalidArgumentError(`Expected days like 30d, from 1d to ${MAX_DAYS}d.`);
  return days;
}

/** `--hint`: the last four characters of a key, in any case. */
export function parseHint(text: string): string {
  if (!/^[0-9A-Z]{4}$/i.test(text)) throw new InvalidArgumentError('Expected the last four characters of a key.');
  return text.toUpperCase();
}

function isoDay(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
}

function parseWhole(text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new InvalidArgumentError(`Expected an integer from 1 to ${most}.`);
  return value;
}
