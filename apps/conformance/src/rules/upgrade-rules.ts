import { holds } from '../expectations.js';
import { HANDSHAKE, httpUpgrade } from '../http-upgrade.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';

async function isAnswered(status: number, url: string, change: Readonly<Record<string, string>> = {}): Promise<void> {
  const answered = await httpUpgrade(url, { ...HANDSHAKE, ...change });
  holds(answered === status, `expected HTTP ${status}, got ${answered}`);
}

/** Section 7. */
export const UPGRADE_RULES: readonly Rule[] = rulesOf(7, {
  'an upgrade of version 13 is taken, with a query or without': async (scene) => {
    await isAnswered(101, scene.url());
    await isAnswered(101, `${scene.url()}?more=1`);
  },
  'an upgrade at another path is refused with 404': async (scene) => {
    for (const path of ['/', '/ws/', '/ws2', '/WS']) await isAnswered(404, new URL(path, scene.url()).href);
  },
  'an upgrade of another version is refused with 400': async (scene) => {
    for (const version of ['8', '14']) await isAnswered(400, scene.url(), { 'sec-websocket-version': version });
  },
  'a request that is no upgrade is refused with 400': async (scene) => {
    const answered = await httpUpgrade(scene.url(), {});
    holds(answered === 400, `expected HTTP 400, got ${answered}`);
  },
  'an upgrade with no subprotocol in common is refused with 400': async (scene) => {
    await isAnswered(400, scene.url(), { 'sec-websocket-protocol': 'white-rabbit.v2, mqtt' });
  },
});
