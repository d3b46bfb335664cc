import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ROLE_RIGHTS } from './role-rights.js';

test('docs/operations.md has the rights of every role', () => {
  const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| `(wr_\w+)` +\| `([^`]+)` +\| /gm)].map(([, role, right]) => [role, right]);
  expect(rows).toEqual(Object.entries(ROLE_RIGHTS).flatMap(([role, rights]) => rights.map((right) => [role, right])));
});
