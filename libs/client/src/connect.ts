import { Client } from './client.js';
import type { ConnectOptions } from './connect-options.js';

/**
 * Connects to a White Rabbit server, and stays connected until `close()` or a refusal (close codes 45xx).
 *
 * @throws TypeError with a sentence for a person, where the options cannot work. Everything else is told by the
 * client's `state`.
 */
export function connect(options: ConnectOptions): Client {
  return new Client(options);
}
