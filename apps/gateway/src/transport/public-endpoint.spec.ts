import { afterEach, describe, expect, it } from '@jest/globals';
import { RawSocket } from '../../test/raw-socket.js';
import { HANDSHAKE } from '../../test/upgrade-request.js';
import { startEndpoint, type TestEndpoint } from '../../test/unit/endpoint.js';

const ANSWER_MS = 5_000;

let at: TestEndpoint | undefined;

async function started(env?: Readonly<Record<string, string>>): Promise<TestEndpoint> {
  at = await startEndpoint(env);
  return at;
}

afterEach(() => {
  at?.close();
  at = undefined;
});

/** The whole answer to a request of these lines, after the gateway has ended the connection. */
async function answerTo(port: number, ...lines: string[]): Promise<string> {
  const raw = await RawSocket.open(port);
  raw.send(`${lines.join('\r\n')}\r\n\r\n`);
  await raw.closed(ANSWER_MS);
  return raw.received;
}

/** The lines of a WebSocket handshake, with additional lines, and with other values for the named ones. */
function handshake(
  { line = 'GET /ws HTTP/1.1', key = HANDSHAKE['sec-websocket-key'] }: { line?: string; key?: string } = {},
  ...more: string[]
): string[] {
  const headers = Object.entries({ ...HANDSHAKE, 'sec-websocket-key': key }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return [line, 'Host: a', ...headers, ...more];
}

/** The status of an upgrade of these lines from that loopback address. Closes the connection. */
async function upgradeStatus(port: number, lines: string[], body = '', from = '127.0.0.1'): Promise<number> {
  const raw = await RawSocket.open(port, { from });
  raw.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
  await raw.receivesBytes(ANSWER_MS);
  raw.reset();
  return statusOf(raw.received);
}

const statusOf = (answer: string) => Number(answer.split(' ')[1]);

describe('GET /healthz at the public port', () => {
  it('is answered without a body: 200 by a ready gateway, 503 by one that is not ready', async () => {
    const { port, endpoint } = await started();
    const ready = await answerTo(port, 'GET /healthz HTTP/1.1', 'Host: a');
    expect(ready).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(ready).toContain('\r\nCache-Control: no-store\r\n');
    expect(ready).toMatch(/\r\n\r\n$/);
    endpoint.readyBy(() => false);
    const unready = await answerTo(port, 'GET /healthz HTTP/1.1', 'Host: a');
    expect(unready).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(unready).toContain('\r\nCache-Control: no-store\r\n');
    expect(unready).toMatch(/\r\n\r\n$/);
  });

  it.each(['HEAD /healthz HTTP/1.1', 'GET /healthz HTTP/1.0', 'GET /healthz?from=dns HTTP/1.1'])(
    'is accepted as %s',
    async (line) => {
      const { port } = await started();
      expect(statusOf(await answerTo(port, line, 'Host: a'))).toBe(200);
    },
  );

  it('needs no X-Forwarded-Proto behind a proxy that terminates TLS, and no allowed Origin', async () => {
    const { port } = await started({ WR_TRUST_PROXY: 'true', WR_ALLOWED_ORIGINS: 'https://a.example' });
    const answer = await answerTo(port, 'GET /healthz HTTP/1.1', 'Host: a', 'Origin: https://b.example');
    expect(statusOf(answer)).toBe(200);
  });

  it('is answered 503 by a draining gateway while its port is open', async () => {
    const { port, admission, endpoint } = await started();
    admission.close();
    endpoint.readyBy(() => false);
    expect(statusOf(await answerTo(port, 'GET /healthz HTTP/1.1', 'Host: a'))).toBe(503);
  });

  it('is not counted as a refused upgrade; other methods and paths are still refused with 404', async () => {
    const { port, refusals } = await started();
    await answerTo(port, 'GET /healthz HTTP/1.1', 'Host: a');
    expect(refusals).toEqual([]);
    for (const line of ['POST /healthz HTTP/1.1', 'GET /healthz/ HTTP/1.1', 'GET /readyz HTTP/1.1']) {
      expect(statusOf(await answerTo(port, line, 'Host: a', 'Connection: close'))).toBe(404);
    }
    expect(refusals).toEqual([404, 404, 404]);
  });
});

describe('A public port that admits one connection per second', () => {
  const env = { WR_CONNECT_RATE: '1', WR_CONNECT_BURST: '1' };

  it.each([
    ['a malformed key', handshake({ key: 'short' })],
    ['a malformed list of subprotocols', handshake({}, 'Sec-WebSocket-Protocol: white-rabbit.v1,,white-rabbit.v1')],
    ['HTTP/1.0', handshake({ line: 'GET /ws HTTP/1.0' })],
    ['a chunked body', handshake({}, 'Transfer-Encoding: chunked'), '5\r\nhello\r\n0\r\n\r\n'],
    ['a body', handshake({}, 'Content-Length: 5'), 'hello'],
  ])('refuses upgrades with %s with 400, and they take no token', async (_, lines, body = '') => {
    const { port, opened, refusals } = await started(env);
    for (let n = 0; n < 5; n += 1) expect(await upgradeStatus(port, lines, body)).toBe(400);
    expect(opened.size).toBe(0);
    expect(refusals).toEqual([400, 400, 400, 400, 400]);
    expect(await upgradeStatus(port, handshake())).toBe(101);
    expect(await upgradeStatus(port, handshake())).toBe(503);
  });
});

describe('A public port behind a proxy that terminates TLS', () => {
  it.each([
    [101, ['X-Forwarded-Proto: http', 'X-Forwarded-Proto: https']],
    [403, ['X-Forwarded-Proto: https', 'X-Forwarded-Proto: http']],
    [101, ['X-Forwarded-Proto: http, https']],
    [403, ['X-Forwarded-Proto: https, http']],
    [403, ['X-Forwarded-Proto: https', 'X-Forwarded-Proto: https, http']],
  ])('answers %s by the last X-Forwarded-Proto, which the proxy appended: %j', async (status, lines) => {
    const { port } = await started({ WR_TRUST_PROXY: 'true' });
    expect(await upgradeStatus(port, handshake({}, ...lines))).toBe(status);
  });
});

describe('A public port that admits two connections at once from one source', () => {
  const env = { WR_SOURCE_CONNECT_RATE: '1', WR_SOURCE_CONNECT_BURST: '2' };
  const statuses = async (count: number, ask: () => Promise<number>) => {
    const all: number[] = [];
    for (let n = 0; n < count; n += 1) all.push(await ask());
    return all;
  };

  it('refuses a third with 503 and Retry-After, and admits those of other addresses', async () => {
    const { port, limited } = await started(env);
    expect(await statuses(2, () => upgradeStatus(port, handshake()))).toEqual([101, 101]);
    const refused = await answerTo(port, ...handshake());
    expect(refused).toMatch(/^HTTP\/1\.1 503 /);
    expect(refused).toMatch(/\r\nRetry-After: [1-9]\d*\r\n/);
    expect(await upgradeStatus(port, handshake(), '', '127.0.0.2')).toBe(101);
    expect(limited).toEqual(['connect_rate']);
  });

  it('does not count a malformed upgrade for any source', async () => {
    const { port } = await started(env);
    expect(await statuses(5, () => upgradeStatus(port, handshake({ key: 'short' })))).toEqual([
      400, 400, 400, 400, 400,
    ]);
    expect(await statuses(2, () => upgradeStatus(port, handshake()))).toEqual([101, 101]);
  });

  it('uses the last X-Forwarded-For behind a proxy, and has no such limit for requests without one', async () => {
    const { port } = await started({ ...env, WR_TRUST_PROXY: 'true' });
    const from = (...lines: string[]) => upgradeStatus(port, handshake({}, 'X-Forwarded-Proto: https', ...lines));
    expect(await statuses(3, () => from('X-Forwarded-For: 192.0.2.9, 192.0.2.1'))).toEqual([101, 101, 503]);
    expect(await from('X-Forwarded-For: 192.0.2.1, 192.0.2.9')).toBe(101);
    expect(await from('X-Forwarded-For: 192.0.2.9', 'X-Forwarded-For: 192.0.2.1')).toBe(503);
    expect(await statuses(5, () => from())).toEqual([101, 101, 101, 101, 101]);
  });
});
