import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { Audience } from '../load/audience.js';
import type { End } from '../load/ends.js';
import { areBaselinesInstalled, startBaseline, startSocketIoCluster } from './baselines.js';
import { type Server, Side } from './side.js';
import { topicOf } from './topics.js';

const isInstalled = areBaselinesInstalled();
if (!isInstalled) process.stderr.write('Skipped: wire formats of the baselines. `npm run bench` installs them.\n');
const suite = isInstalled ? describe : describe.skip;

const ANSWER_MS = 10_000;

const SERVERS: readonly (readonly [string, () => Promise<Server>])[] = [
  ['bare-ws', () => startBaseline('bare-ws', 'bare-ws')],
  ['PeerJS', () => startBaseline('PeerJS', 'peerjs')],
  ['Socket.IO', () => startBaseline('Socket.IO', 'socket-io')],
  ['Nest', () => startBaseline('Nest', 'nest-ws')],
  ['Socket.IO on two nodes', () => startSocketIoCluster('Socket.IO on two nodes', 2)],
];

function arrival(end: End | undefined): Promise<string> {
  return within(
    'a payload arrives',
    ANSWER_MS,
    new Promise((resolve) => {
      if (end) end.onArrival = resolve;
    }),
  );
}

suite('The wire formats of the baselines', () => {
  let side: Side | undefined;
  afterEach(() => side?.stop());

  it.each(SERVERS)(
    'let two clients of %s exchange payloads, both ways',
    async (_, start) => {
      side = new Side(await start());
      const [first, second] = await side.connect(1);
      const [atSecond, atFirst] = [arrival(second), arrival(first)];
      first?.send('{"n":1}');
      second?.send('{"n":2}');
      expect(await atSecond).toContain('{"n":1}');
      expect(await atFirst).toContain('{"n":2}');
    },
    30_000,
  );

  it('let all watchers of Socket.IO on two nodes recognize a change', async () => {
    side = new Side(await startSocketIoCluster('Socket.IO on two nodes', 2));
    const topic = await topicOf(side, 4);
    const audience = new Audience(4);
    for (const [index, name] of topic.watchers.entries()) {
      const { socket } = await side.open(name, index);
      socket.on('message', (data: Buffer) => {
        audience.received(data.toString(), performance.now());
      });
    }
    audience.expect(topic.change(), performance.now());
    await eventually('all watchers have the frame', () => audience.latenciesMs.length === 1, { deadlineMs: ANSWER_MS });
    expect(audience.missing).toBe(0);
  }, 30_000);

  it('let the bench read CPU time and memory of a server', async () => {
    side = new Side(await startBaseline('bare-ws', 'bare-ws'));
    expect(await side.cpuMs()).toBeGreaterThan(0);
    expect(side.rssBytes()).toBeGreaterThan(0);
  }, 30_000);
});
