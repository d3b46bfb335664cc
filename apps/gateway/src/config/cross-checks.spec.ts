import { describe, expect, it } from '@jest/globals';
import { configOf } from '../../test/unit/gateway-node.js';
import { problemsOf } from '../../test/unit/problems-of.js';

describe('A gateway with plain text', () => {
  it.each(['0.0.0.0', '::', '192.168.1.4', 'example.org', '127.0.0.1.example.org', '::ffff:127.0.0.1', '128.0.0.1'])(
    'is refused on %s, with a sentence that names the solution',
    (WR_HOST) => {
      expect(problemsOf({ WR_HOST })).toEqual([
        'WR_HOST: plain text is served on loopback only. Set WR_TLS_CERT_FILE and WR_TLS_KEY_FILE, or WR_TRUST_PROXY=true behind a proxy that ends TLS.',
      ]);
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('is accepted on %s', (WR_HOST) => {
    expect(configOf({ WR_HOST }).endpoint.host).toBe(WR_HOST);
  });

  it('is accepted on any address behind a proxy that terminates TLS', () => {
    expect(configOf({ WR_TRUST_PROXY: 'true', WR_HOST: '0.0.0.0' }).endpoint).toMatchObject({
      host: '0.0.0.0',
      trustProxy: true,
    });
    expect(configOf({ WR_TRUST_PROXY: 'true' }).endpoint.host).toBe('::');
  });
});

describe('The TLS setting', () => {
  it('requires both files', () => {
    for (const name of ['WR_TLS_CERT_FILE', 'WR_TLS_KEY_FILE']) {
      expect(problemsOf({ [name]: 'a.pem' })).toEqual(['WR_TLS_CERT_FILE and WR_TLS_KEY_FILE: set both or none.']);
    }
  });

  it('allows all addresses', () => {
    const { endpoint } = configOf({ WR_TLS_CERT_FILE: 'cert.pem', WR_TLS_KEY_FILE: 'key.pem' });
    expect(endpoint).toMatchObject({ host: '::', tls: { certFile: 'cert.pem', keyFile: 'key.pem' } });
  });
});

describe('The limit of bytes that wait for all clients', () => {
  it('is refused if it is below the limit for one client', () => {
    const one = { WR_MAX_BUFFERED_BYTES: '2097152' };
    expect(problemsOf({ ...one, WR_MAX_TOTAL_BUFFERED_BYTES: '2097151' })).toEqual([
      'WR_MAX_TOTAL_BUFFERED_BYTES: expected at least WR_MAX_BUFFERED_BYTES.',
    ]);
    expect(problemsOf({ ...one, WR_MAX_TOTAL_BUFFERED_BYTES: '2097152' })).toEqual([]);
  });
});
