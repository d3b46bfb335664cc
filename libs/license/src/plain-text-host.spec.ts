import { describe, expect, test } from '@jest/globals';
import { plainTextHost } from './plain-text-host.js';

describe('the host to which a database URL leads in plain text', () => {
  test.each([
    ['postgresql://u:p@db.example.com/wr', 'db.example.com'],
    ['postgres://u@10.0.0.1:6432/wr?sslmode=disable', '10.0.0.1'],
    ['postgresql://[fd00::1]/wr', 'fd00::1'],
    ['postgresql:///wr', 'localhost'],
    ['postgresql://u@near/wr?host=far', 'far'],
    ['postgresql://far/wr?sslrootcert=/ca.pem&sslmode=disable', 'far'],
    ['postgresql://far/wr?ssl=0', 'far'],
  ])('is that of %s: %s', (url, host) => {
    expect(plainTextHost(url)).toBe(host);
  });

  test.each([
    ...['prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'].map((mode) => `sslmode=${mode}`),
    'ssl=true',
    'ssl=1',
    'sslrootcert=/ca.pem',
    'sslnegotiation=direct',
    'host=/var/run/postgresql',
  ])('is none with %s', (parameter) => {
    expect(plainTextHost(`postgresql://far/wr?${parameter}`)).toBeUndefined();
  });

  test('is none for a Unix socket in place of the host', () => {
    expect(plainTextHost('postgresql://%2Fvar%2Frun%2Fpostgresql/wr')).toBeUndefined();
  });

  test('is read with the environment of PostgreSQL clients', () => {
    expect(plainTextHost('postgresql:///wr', { PGHOST: 'far' })).toBe('far');
    expect(plainTextHost('postgresql://far/wr', { PGSSLMODE: 'verify-full' })).toBeUndefined();
    expect(plainTextHost('postgresql://far/wr?sslmode=disable', { PGSSLMODE: 'verify-full' })).toBe('far');
  });
});
