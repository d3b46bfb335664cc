import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './redis-client.js';

/** A Lua script beside this file. Sent by its digest; the whole text only to a server that does not know it yet. */
export class Script {
  readonly #text: string;
  readonly #digest: string;

  constructor(file: string) {
    this.#text = readFileSync(new URL(file, import.meta.url), 'utf8');
    this.#digest = createHash('sha1').update(this.#text).digest('hex');
  }

  /** The script's raw reply. All `keys` must be in one slot. */
  async run(client: RedisClient, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.#digest, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return client.eval(this.#text, keys.length, ...keys, ...args);
    }
  }
}

/** A server that restarted, or took over, knows no scripts. It has executed nothing yet, so repeating is safe. */
function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
