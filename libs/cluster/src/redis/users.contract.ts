import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Route } from '@white-rabbit/signaling';
import { ask, RedisProcess } from '@white-rabbit/testing/redis';
import { newNode, newPeer, newSession } from '../../test/engines-under-test.js';
import { until } from '../../test/until.js';
import { isRunning, openEngines } from '../index.js';

// Of deploy/redis/users.acl. Every suite with a Redis runs as wr-gateway, so that a right that is missing fails there.

let server: RedisProcess;

beforeAll(async () => {
  server = await RedisProcess.start();
}, 20_000);
afterAll(() => server.stop());

describe('The Redis user of gateways', () => {
  it.each([
    ['flushall'],
    ['flushdb'],
    ['keys', '*'],
    ['scan', '0'],
    ['randomkey'],
    ['config', 'get', '*'],
    ['acl', 'list'],
    ['client', 'list'],
    ['client', 'kill', 'type', 'normal'],
    ['monitor'],
    ['shutdown'],
    ['save'],
    ['replicaof', 'no', 'one'],
    ['module', 'list'],
    ['slowlog', 'get'],
    ['pubsub', 'shardchannels'],
    ['script', 'flush'],
    ['function', 'list'],
    ['migrate', '127.0.0.1', '1', 'wr:x', '0', '1'],
    ['dump', 'wr:x'],
    ['rename', 'wr:x', 'wr:y'],
    ['psubscribe', 'wr:*'],
    ['cluster', 'reset'],
    ['select', '1'],
  ])('cannot use the command %s %s', async (command, ...args) => {
    await expect(ask(server.url, command, ...args)).rejects.toThrow('NOPERM');
  });

  it.each([
    ['get', 'other'],
    ['set', 'other', 'x'],
    ['del', 'wr'],
    ['mget', 'wr:x', 'other'],
    ['spublish', 'other', 'x'],
    ['ssubscribe', 'other'],
  ])('cannot use the key or channel of others: %s %s', async (command, ...args) => {
    await expect(ask(server.url, command, ...args)).rejects.toThrow('NOPERM');
  });

  it.each(["'flushall'", "'keys', '*'", "'get', 'other'", "'spublish', 'other', 'x'"])(
    'cannot do in a script what it cannot do otherwise: %s',
    async (call) => {
      const script = `return redis.call(${call})`;
      await expect(ask(server.url, 'eval', script, '0')).rejects.toThrow(/NOPERM|The user executing the script can't/);
    },
  );
});

describe('The Redis user of wr-admin', () => {
  const url = () => server.urlOf('wr-admin');

  it('reads the reports of the gateways and sends them requests', async () => {
    const [node, self] = [newNode(), newNode()];
    const gateway = await openEngines({ node, redis: { url: server.url } });
    const admin = await openEngines({ node: self, redis: { url: url() } });
    try {
      await gateway.registry.join(node);
      expect((await admin.registry.reports()).map((report) => report.node)).toEqual([node]);
      expect(isRunning((await admin.registry.leases([node])).get(node))).toBe(true);
      expect(await admin.redis?.ping()).toBe('PONG');
      const heard: string[] = [];
      gateway.bus.onMessage((text) => heard.push(text));
      expect(await admin.bus.send(node, 'hello')).toBe('sent');
      await until(() => heard.includes('hello'));
      expect(await gateway.bus.send(self, 'hello')).toBe('sent');
    } finally {
      admin.close();
      gateway.close();
    }
  });

  it('reads no route, and changes nothing', async () => {
    const [node, peer, session] = [newNode(), newPeer(), newSession()];
    const gateway = await openEngines({ node, redis: { url: server.url } });
    const admin = await openEngines({ node: newNode(), redis: { url: url() } });
    try {
      const { epoch } = await gateway.routes.claim(peer, node, session);
      const route: Route = { peer, node, session, epoch };
      await expect(admin.routes.find([peer])).rejects.toThrow('Redis refused: NOPERM.');
      await expect(admin.routes.release(route)).rejects.toThrow('Redis refused: NOPERM.');
      await expect(admin.registry.join(newNode())).rejects.toThrow('Redis refused: NOPERM.');
    } finally {
      admin.close();
      gateway.close();
    }
  });
});
