import { describe, expect, test } from '@jest/globals';
import { plainTextHost } from './plain-text-host.js';

describe('plainTextHost', () => {
  test.each([
    ['postgresql://u:p@db.example.com/wr', 'db.example.com'],
    ['postgres://u@10.0.0.1:6432/wr?sslmode=disable', '10.0.0.1'],
    ['postgresql://[fd00::1]/wr', 'fd00::1'],
    ['postgresql:///wr', 'localhost'],
    ['postgresql://u@near/wr?host=far', 'far'],
    ['postgresql://far/wr?sslrootcert=/ca.pem&sslmode=disable', 'far'],
    ['postgresql://far/wr?ssl=0', 'far'],
  ])('returns the host of %s: %s', (url, host) => {
    expect(plainTextHost(url)).toBe(host);
  });

  test.each([
    ...['prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'].map((mode) => `sslmode=${mode}`),
    'ssl=true',
    'ssl=1',
    'sslrootcert=/ca.pem',
    'sslnegotiation=direct',
    'host=/var/run/postgresql',
  ])('returns no host with %s', (parameter) => {
    expect(plainTextHost(`postgresql://far/wr?${parameter}`)).toBeUndefined();
  });

  test('returns no host for a Unix socket', () => {
    expect(plainTextHost('postgresql://%2Fvar%2Frun%2Fpostgresql/wr')).toBeUndefined();
  });

  test('reads the environment variables of PostgreSQL clients', () => {
    expect(plainTextHost('postgresql:///wr', { PGHOST: 'far' })).toBe('far');
    expect(plainTextHost('postgresql://far/wr', { PGSSLMODE: 'verify-full' })).toBeUndefined();
    expect(plainTextHost('postgresql://far/wr?sslmode=disable', { PGSSLMODE: 'verify-full' })).toBe('far');
  });
});
