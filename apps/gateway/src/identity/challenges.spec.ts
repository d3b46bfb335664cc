import { expect, it } from '@jest/globals';
import { Nonce } from '@white-rabbit/protocol';
import { configOf } from '../../test/unit/gateway-node.js';
import { Challenges } from './challenges.js';

type Headers = Parameters<Challenges['create']>[0]['headers'];

function challenge(headers: Headers, env: Readonly<Record<string, string>> = {}) {
  const { identity, endpoint } = configOf(env);
  return new Challenges(identity, endpoint).create({ headers });
}

it('Each challenge has another nonce', () => {
  const nonces = Array.from({ length: 100 }, () => Nonce.parse(challenge({ host: 'rabbit.example' }).nonce));
  expect(new Set(nonces).size).toBe(100);
});

it.each([
  ['Rabbit.Example', 'rabbit.example'],
  ['rabbit.example:80', 'rabbit.example'],
  ['rabbit.example:443', 'rabbit.example:443'],
  ['[::1]:8080', '[::1]:8080'],
])('Without public hosts a client may have dialled what the request names: %s', (host, dialled) => {
  expect(challenge({ host }).hosts).toEqual([dialled]);
});

it.each([
  ['rabbit.example:443', 'https', 'rabbit.example'],
  ['rabbit.example:80', 'https', 'rabbit.example:80'],
  ['rabbit.example:443', 'wss', 'rabbit.example'],
])('Behind a proxy that ends TLS the default port is 443: %s', (host, scheme, dialled) => {
  const made = challenge({ host, 'x-forwarded-proto': scheme }, { WR_TRUST_PROXY: 'true' });
  expect(made.hosts).toEqual([dialled]);
});

it('Only public hosts may have been dialled', () => {
  const env = { WR_PUBLIC_HOSTS: 'Rabbit.example, eu.rabbit.example:8443' };
  expect(challenge({ host: 'RABBIT.example' }, env).hosts).toEqual(['rabbit.example']);
  expect(challenge({ host: 'evil.example' }, env).hosts).toEqual(['rabbit.example', 'eu.rabbit.example:8443']);
  expect(challenge({}, env).hosts).toEqual(['rabbit.example', 'eu.rabbit.example:8443']);
});
