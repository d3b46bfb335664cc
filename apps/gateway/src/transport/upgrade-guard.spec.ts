import { describe, expect, it } from '@jest/globals';
import { configOf } from '../../test/unit/gateway-node.js';
import { guardUpgrade, isSocketPath, type UpgradeRequest } from './upgrade-guard.js';

const HEADERS = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function statusOf(request: Partial<UpgradeRequest>, env: Readonly<Record<string, string>> = {}): number | undefined {
  const { headers, ...rest } = request;
  const whole = { method: 'GET', url: '/ws', httpVersion: '1.1', ...rest, headers: { ...HEADERS, ...headers } };
  return guardUpgrade(whole, configOf(env).endpoint)?.status;
}

/** The request without one of its headers. */
function without(name: keyof typeof HEADERS): UpgradeRequest['headers'] {
  return { [name]: undefined };
}

describe('An upgrade', () => {
  it('of version 13 on the path is accepted, with any query and any case of its header', () => {
    expect(statusOf({})).toBeUndefined();
    expect(statusOf({ url: '/ws?a=b' })).toBeUndefined();
    expect(statusOf({ headers: { upgrade: 'WebSocket' } })).toBeUndefined();
  });

  it.each(['/', '/ws/', '/WS', '//ws', '//', '/wss', '/%77s', '*', '', 'http://h/ws'])(
    'on another path is answered 404: %s',
    (url) => {
      expect(statusOf({ url })).toBe(404);
    },
  );

  it('without a URL is answered 404', () => {
    expect(isSocketPath(undefined)).toBe(false);
  });

  it('of another version than 13 is answered 400', () => {
    expect(statusOf({ method: 'POST' })).toBe(400);
    expect(statusOf({ headers: { upgrade: 'h2c' } })).toBe(400);
    expect(statusOf({ headers: { 'sec-websocket-version': '8' } })).toBe(400);
    for (const name of ['upgrade', 'sec-websocket-version', 'sec-websocket-key'] as const) {
      expect(statusOf({ headers: without(name) })).toBe(400);
    }
  });

  it.each([
    'short',
    'dGhlIHNhbXBsZSBub25jZQ',
    'dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==',
    '!!!!!!!!!!!!!!!!!!!!!!==',
  ])('with a malformed key is answered 400: %s', (key) => {
    expect(statusOf({ headers: { 'sec-websocket-key': key } })).toBe(400);
  });

  it('of HTTP/1.0 is answered 400', () => {
    expect(statusOf({ httpVersion: '1.0' })).toBe(400);
  });

  it('with a body is answered 400, and with an empty body is accepted', () => {
    expect(statusOf({ headers: { 'transfer-encoding': 'chunked' } })).toBe(400);
    expect(statusOf({ headers: { 'content-length': '5' } })).toBe(400);
    expect(statusOf({ headers: { 'content-length': '0' } })).toBeUndefined();
  });

  it('may offer the supported subprotocol among others, or none', () => {
    for (const offer of ['white-rabbit.v1', 'chat, white-rabbit.v1', 'white-rabbit.v1,chat']) {
      expect(statusOf({ headers: { 'sec-websocket-protocol': offer } })).toBeUndefined();
    }
  });

  it.each(['white-rabbit.v1, white-rabbit.v1', 'white-rabbit.v1,,chat', 'white-rabbit.v1, a b'])(
    'with a malformed list of subprotocols is answered 400: %s',
    (offer) => {
      expect(statusOf({ headers: { 'sec-websocket-protocol': offer } })).toBe(400);
    },
  );

  it.each(['chat', 'white-rabbit.v2', 'White-Rabbit.v1', 'white-rabbit.v1x', ''])(
    'that offers only other subprotocols is answered 400: %s',
    (offer) => {
      expect(statusOf({ headers: { 'sec-websocket-protocol': offer } })).toBe(400);
    },
  );
});

describe('A gateway behind a proxy that terminates TLS', () => {
  const env = { WR_TRUST_PROXY: 'true' };

  it.each(['https', 'wss', 'http, https', 'evil,https', ' https '])('accepts a request over TLS: %s', (proto) => {
    expect(statusOf({ headers: { 'x-forwarded-proto': proto } }, env)).toBeUndefined();
  });

  it.each(['http', 'ws', 'https, http', 'https,', '', 'httpsx'])('refuses plain text with 403: %s', (proto) => {
    expect(statusOf({ headers: { 'x-forwarded-proto': proto } }, env)).toBe(403);
  });

  it('answers a request without X-Forwarded-Proto with 403', () => {
    expect(statusOf({}, env)).toBe(403);
  });

  it('needs no such header if it terminates TLS itself', () => {
    expect(statusOf({}, { ...env, WR_TLS_CERT_FILE: 'c', WR_TLS_KEY_FILE: 'k' })).toBeUndefined();
  });
});

describe('An Origin', () => {
  const env = { WR_ALLOWED_ORIGINS: 'https://a.example,https://b.example' };

  it('is ignored if no list is set', () => {
    expect(statusOf({ headers: { origin: 'https://evil.example' } })).toBeUndefined();
  });

  it('in the list is accepted, and so is a client without an Origin', () => {
    expect(statusOf({ headers: { origin: 'https://b.example' } }, env)).toBeUndefined();
    expect(statusOf({}, env)).toBeUndefined();
  });

  it.each(['https://c.example', 'http://a.example', 'https://a.example.evil', 'null', ''])(
    'that is not in the list is answered 403: %s',
    (origin) => {
      expect(statusOf({ headers: { origin } }, env)).toBe(403);
    },
  );
});
