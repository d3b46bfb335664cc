import { ensure } from '../expectations.js';
import { HANDSHAKE, httpUpgrade } from '../http-upgrade.js';
import { rulesOf, type Rule } from '../rule.js';

async function expectStatus(status: number, url: string, change: Readonly<Record<string, string>> = {}): Promise<void> {
  const answered = await httpUpgrade(url, { ...HANDSHAKE, ...change });
  ensure(answered === status, `expected HTTP ${status}, got ${answered}`);
}

/** Section 7. */
export const UPGRADE_RULES: readonly Rule[] = rulesOf(7, {
  'server accepts an upgrade of version 13, with and without a query': async (context) => {
    await expectStatus(101, context.url());
    await expectStatus(101, `${context.url()}?more=1`);
  },
  'server refuses an upgrade at another path with 404': async (context) => {
    for (const path of ['/', '/ws/', '/ws2', '/WS', '/socket.io/?EIO=4', '/%77s'])
      await expectStatus(404, new URL(path, context.url()).href);
  },
  'server refuses an upgrade of another version with 400': async (context) => {
    for (const version of ['8', '12', '14', 'x'])
      await expectStatus(400, context.url(), { 'sec-websocket-version': version });
  },
  'server refuses a request without upgrade with 400': async (context) => {
    const answered = await httpUpgrade(context.url(), {});
    ensure(answered === 400, `expected HTTP 400, got ${answered}`);
  },
  'server refuses an upgrade with no common subprotocol with 400': async (context) => {
    await expectStatus(400, context.url(), { 'sec-websocket-protocol': 'white-rabbit.v2, mqtt' });
  },
  'server refuses an upgrade with a missing or malformed Sec-WebSocket-Key with 400': async (context) => {
    const { 'sec-websocket-key': _, ...headers } = HANDSHAKE;
    const status = await httpUpgrade(context.url(), headers);
    ensure(status === 400, `expected HTTP 400, got ${status}`);
    await expectStatus(400, context.url(), { 'sec-websocket-key': 'short' });
  },
  'server refuses an upgrade to another protocol with 400': async (context) => {
    const status = await httpUpgrade(context.url(), { connection: 'Upgrade', upgrade: 'h2c' });
    ensure(status === 400, `expected HTTP 400, got ${status}`);
  },
});
