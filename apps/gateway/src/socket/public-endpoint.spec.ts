import { afterEach, describe, expect, it } from '@jest/globals';
import { RawSocket } from '../../test/raw-socket.js';
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
