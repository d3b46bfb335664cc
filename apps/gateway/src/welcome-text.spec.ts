import { expect, it } from '@jest/globals';
import { configOf } from '../test/unit/gateway-node.js';
import { welcomeText } from './welcome-text.js';

it('A gateway without a cluster shows its address, and its first key once', () => {
  const text = welcomeText(configOf(), 8080, 'WR1-KEY');
  expect(text).toContain('ws://127.0.0.1:8080/ws');
  expect(text).toContain('WR1-KEY');
  expect(welcomeText(configOf(), 8080, undefined)).not.toContain('shown this once');
});

it.each([
  [{ WR_HOST: '::1' }, 'ws://[::1]:1/ws'],
  [{ WR_TRUST_PROXY: 'true' }, 'ws://localhost:1/ws'],
  [{ WR_TRUST_PROXY: 'true', WR_HOST: '0.0.0.0' }, 'ws://localhost:1/ws'],
  [{ WR_TLS_CERT_FILE: 'c', WR_TLS_KEY_FILE: 'k' }, 'wss://localhost:1/ws'],
])('The address in the text can be used unchanged: %j', (env, address) => {
  const text = welcomeText(configOf(env), 1, undefined);
  expect(new URL(address).href).toBe(address);
  expect(text).toContain(` ${address}\n`);
});

it('A member of a cluster shows no text, because no operator reads its terminal', () => {
  expect(
    welcomeText(configOf({ DATABASE_URL: 'postgres://localhost', REDIS_URL: 'redis://localhost' }), 1, 'WR1-KEY'),
  ).toBe('');
  expect(welcomeText(configOf({ DATABASE_URL: 'postgres://localhost' }), 1, 'WR1-KEY')).toBe('');
});
