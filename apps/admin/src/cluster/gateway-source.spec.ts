import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { NodeReport } from '@white-rabbit/cluster';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewaySource } from './gateway-source.js';

const REPORT: NodeReport = {
  state: 'serving',
  region: 'local',
  version: '1.2.3',
  uptimeSeconds: 1,
  sessions: 5,
  connections: 6,
  database: 'up',
};

let server: Server;
let answer: string;
let asked: string | undefined;
let url: URL;

beforeEach(async () => {
  asked = undefined;
  server = createServer((request, response) => {
    asked = request.url;
    // Red, as of a gateway that is full or drains: it tells its counts all the same.
    response.writeHead(503).end(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => {
  server.close();
});

function look(report: object) {
  answer = JSON.stringify(report);
  return new GatewaySource(url).look();
}

describe('The status of one gateway', () => {
  test('is read from its readiness, whatever colour that has', async () => {
    expect(await look({ ready: false, node: 'n1', cluster: 'joined', ...REPORT, state: 'full' })).toEqual({
      redis: { state: 'unset' },
      database: { state: 'unset' },
      gateways: [{ node: 'n1', report: { ...REPORT, state: 'full' } }],
      problems: [],
    });
    expect(asked).toBe('/readyz');
  });

  test.each(['deaf', 'down'])('is not well where its cluster is %s', async (cluster) => {
    expect((await look({ node: 'n1', cluster, ...REPORT })).problems).toEqual([expect.stringContaining(cluster)]);
  });

  test('is not well where its database is down', async () => {
    const { problems } = await look({ node: 'n1', cluster: 'joined', ...REPORT, database: 'down' });
    expect(problems).toEqual(['The license database does not answer to: n1.']);
  });

  test('of something that is no gateway, or of nobody, says what to do', async () => {
    expect((await look({ status: 'ok' })).problems).toEqual([expect.stringContaining('No gateway of this version')]);
    server.close();
    const { gateways, problems } = await new GatewaySource(new URL('http://127.0.0.1:1')).look();
    expect([gateways, problems]).toEqual([undefined, [expect.stringMatching(/^Nobody answers .* set REDIS_URL/)]]);
  });
});
