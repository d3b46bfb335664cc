import { expect, it } from '@jest/globals';
import { configOf } from '../../test/unit/gateway-node.js';
import { problemsOf } from '../../test/unit/problems-of.js';

const keyOf = (env: Readonly<Record<string, string>>) => configOf(env).limits.key?.toString('hex');
const DATABASE_URL = 'postgresql://u:p@127.0.0.1/wr';

it('The limit key is the same at all gateways with one database and reveals nothing of its URL', () => {
  const key = keyOf({ DATABASE_URL });
  expect(key).toMatch(/^[\da-f]{64}$/);
  expect(keyOf({ DATABASE_URL, WR_PORT: '1' })).toBe(key);
  expect(keyOf({ DATABASE_URL: 'postgresql://u:q@127.0.0.1/wr' })).not.toBe(key);
});

it('The limit key depends on WR_LIMIT_SECRET only, if that is set', () => {
  const WR_LIMIT_SECRET = 'sixteen characters';
  const key = keyOf({ DATABASE_URL, WR_LIMIT_SECRET });
  expect(key).not.toBe(keyOf({ DATABASE_URL }));
  expect(keyOf({ DATABASE_URL: 'postgresql://other:q@127.0.0.1/wr', WR_LIMIT_SECRET })).toBe(key);
});

it('The limit key is absent at a gateway without a cluster', () => {
  expect(keyOf({})).toBeUndefined();
});

it('A WR_LIMIT_SECRET that is too short is refused', () => {
  expect(problemsOf({ WR_LIMIT_SECRET: 'short' })).toEqual(['WR_LIMIT_SECRET: expected at least 16 characters.']);
});
