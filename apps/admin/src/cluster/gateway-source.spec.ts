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
let requested: string | undefined;
let url: URL;

beforeEach(async () => {
  requested = undefined;
  server = createServer((request, response) => {
    requested = request.url;
    // As of a gateway that is full or drains: its report has the counts as well.
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

describe('GatewaySource', () => {
  test('reads the report from /readyz, also if the gateway is not ready', async () => {
    expect(await look({ ready: false, node: 'n1', cluster: 'joined', ...REPORT, state: 'full' })).toEqual({
      redis: { state: 'unset' },
      database: { state: 'unset' },
      gateways: [{ node: 'n1', report: { ...REPORT, state: 'full' } }],
      problems: [],
    });
    expect(requested).toBe('/readyz');
  });

  test.each(['unreachable', 'down'])('reports a problem if the cluster is %s', async (cluster) => {
    expect((await look({ node: 'n1', cluster, ...REPORT })).problems).toEqual([expect.stringContaining(cluster)]);
  });

  test('reports a problem if the gateway cannot reach the database', async () => {
    const { problems } = await look({ node: 'n1', cluster: 'joined', ...REPORT, database: 'down' });
    expect(problems).toEqual(['These gateways cannot reach the license database: n1.']);
  });

  test('gives advice if there is no response, or the response is not from a gateway', async () => {
    expect((await look({ status: 'ok' })).problems).toEqual([expect.stringContaining('no gateway of this version')]);
    server.close();
    const { gateways, problems } = await new GatewaySource(new URL('http://127.0.0.1:1')).look();
    expect([gateways, problems]).toEqual([
      undefined,
      [expect.stringMatching(/^There is no response from .* set REDIS_URL/)],
    ]);
  });
});
