import { readConfig } from '../../src/config/config.js';
import type { Environment } from '../../src/config/read-settings.js';

/** The problems of these settings; empty if they are valid. */
export function problemsOf(env: Environment): readonly string[] {
  const config = readConfig(env);
  return Array.isArray(config) ? config : [];
}
