import { readFileSync } from 'node:fs';
import { SETTINGS, type Setting, type SettingName, type SettingValues } from './settings.js';

/** The environment variables as given: names and texts. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All problems found, one sentence each that begins with the variable's name; empty if there is none. */
export type Problems = string[];

const table: ReadonlyMap<string, Setting> = new Map(Object.entries(SETTINGS));
const OURS = 'WR_';
const FILE = '_FILE';
/** Settings of the operators' command line. An operator that has set them may also start a gateway. */
const OF_OTHERS: readonly string[] = ['WR_OPERATOR'];
/** Prefix of the settings of HAProxy: docker compose reads them from the same .env as `npm start`. */
const OF_HAPROXY = 'WR_HAPROXY_';

/** Reads every setting and records every problem. The values are complete only if no problem was recorded. */
export function readSettings(env: Environment, problems: Problems): SettingValues {
  problems.push(...unknownNames(env));
  const values = [...table].map(([name, setting]) => [name, readSetting(name, setting, env, problems)] as const);
  return Object.fromEntries(values) as SettingValues;
}

function unknownNames(env: Environment): Problems {
  return Object.keys(env)
    .filter((name) => name.startsWith(OURS) && !isKnown(name))
    .map((name) => `${name}: there is no such setting. See --help for those there are.`);
}

function isKnown(name: string): boolean {
  if (OF_OTHERS.includes(name) || name.startsWith(OF_HAPROXY)) return true;
  return table.has(name) || (name.endsWith(FILE) && table.get(name.slice(0, -FILE.length))?.secret === true);
}

function readSetting(name: string, setting: Setting, env: Environment, problems: Problems): unknown {
  const given = givenText(name, setting, env, problems) ?? setting.fallback;
  if (given === undefined) return undefined;
  const result = setting.reader.safeParse(given);
  if (result.success) return result.data;
  problems.push(`${name}: ${result.error.issues[0]?.message ?? 'malformed'}.`);
  return undefined;
}

/** An empty variable counts as not set: deployment templates often leave variables empty. */
function setText(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function givenText(name: string, setting: Setting, env: Environment, problems: Problems): string | undefined {
  const direct = setText(env[name]);
  const path = setting.secret === true ? setText(env[name + FILE]) : undefined;
  if (path === undefined) return direct;
  if (direct !== undefined) problems.push(`${name}: set together with ${name}_FILE; use one of them.`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    problems.push(`${name}_FILE: the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
    return undefined;
  }
}

/** Names of all settings, for the tables. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];
