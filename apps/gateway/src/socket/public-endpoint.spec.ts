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

/** The whole answer to a request of these lines, once the gateway has ended the connection. */
async function answerTo(port: number, ...lines: string[]): Promise<string> {
  const raw = await RawSocket.open(port);
  raw.say(`${lines.join('\r\n')}\r\n\r\n`);
  await raw.closed(ANSWER_MS);
  return raw.heard;
}

/** The lines of a WebSocket handshake, with more of them, and others for those that have a name here. */
function handshake(
  { line = 'GET /ws HTTP/1.1', key = HANDSHAKE['sec-websocket-key'] } = {},
  ...more: string[]
): string[] {
  const headers = Object.entries({ ...HANDSHAKE, 'sec-websocket-key': key }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return [line, 'Host: a', ...headers, ...more];
}

/** The status of an upgrade of these lines. The connection is let go. */
async function upgradeStatus(port: number, lines: string[], body = ''): Promise<number> {
  const raw = await RawSocket.open(port);
  raw.say(`${lines.join('\r\n')}\r\n\r\n${body}`);
  await raw.hears(ANSWER_MS);
  raw.reset();
  return statusOf(raw.heard);
}

const statusOf = (answer: string) => Number(answer.split(' ')[1]);

describe('GET /healthz at the public port', () => {
  it('is answered 200 by a gateway that is ready, and 503 by one that is not, with no body', async () => {
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
    'may be asked as %s',
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

  it('is answered 503 by a gateway that drains, while its port is open', async () => {
    const { port, admission, endpoint } = await started();
    admission.close();
    endpoint.readyBy(() => false);
    expect(statusOf(await answerTo(port, 'GET /healthz HTTP/1.1', 'Host: a'))).toBe(503);
  });

  it('is not counted as a refused upgrade; other methods and paths are refused with 404 as ever', async () => {
    const { port, refusals } = await started();
    await answerTo(port, 'GET /healthz HTTP/1.1', 'Host: a');
    expect(refusals).toEqual([]);
    for (const line of ['POST /healthz HTTP/1.1', 'GET /healthz/ HTTP/1.1', 'GET /readyz HTTP/1.1']) {
      expect(statusOf(await answerTo(port, line, 'Host: a', 'Connection: close'))).toBe(404);
    }
    expect(refusals).toEqual([404, 404, 404]);
  });
});

describe('A public port that takes one connection a second', () => {
  const env = { WR_CONNECT_RATE: '1' };

  it.each([
    ['a malformed key', handshake({ key: 'short' })],
    ['a malformed list of subprotocols', handshake({}, 'Sec-WebSocket-Protocol: white-rabbit.v1,,white-rabbit.v1')],
    ['HTTP/1.0', handshake({ line: 'GET /ws HTTP/1.0' })],
    ['a chunked body', handshake({}, 'Transfer-Encoding: chunked'), '5\r\nhello\r\n0\r\n\r\n'],
    ['a body', handshake({}, 'Content-Length: 5'), 'hello'],
  ])('refuses upgrades with %s with 400, and they use up nothing of its rate', async (_, lines, body = '') => {
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
