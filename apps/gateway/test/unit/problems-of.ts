import { readConfig } from '../../src/config/config.js';
import type { Environment } from '../../src/config/read-settings.js';

/** What is wrong with these settings; nothing where they are in order. */
export function problemsOf(env: Environment): readonly string[] {
  const config = readConfig(env);
  return Array.isArray(config) ? config : [];
}
