import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cluster, REPOSITORY_ROOT, type Cluster } from '@white-rabbit/testing';
import { DocPlayer } from './doc-player.js';
import { docScript } from './doc-script.js';

/** Time limit for starting and stopping a cluster on a busy machine. Milliseconds. */
const CLUSTER_MS = 90_000;

const document = await readFile(join(REPOSITORY_ROOT, 'docs/protocol.md'), 'utf8');
let gateways: Cluster;

beforeAll(async () => {
  gateways = await cluster(2);
}, CLUSTER_MS);
afterAll(() => gateways.stop(), CLUSTER_MS);

describe('A cluster of two gateways', () => {
  it('responds to every example of docs/protocol.md as the document shows', async () => {
    const player = new DocPlayer(gateways);
    const script = docScript(document);
    expect(script.length).toBeGreaterThan(50);
    for (const step of script) await player.play(step);
    await player.clear();
  });
});

describe('The test of the examples', () => {
  const heartbeat = `<!-- send alice -->\n\`\`\`json\n{"event":"heartbeat","ref":"1"}\n\`\`\`\n`;

  it('fails if the server responds differently', async () => {
    const player = new DocPlayer(gateways);
    const shown = `<!-- receive alice -->\n\`\`\`json\n{"event":"heartbeat","ref":"1","data":{"ack":false}}\n\`\`\`\n`;
    const [send, receive] = docScript(heartbeat + shown);
    if (!send || !receive) throw new Error('two steps');
    await player.play(send);
    await expect(player.play(receive)).rejects.toThrow('line 6');
    await player.clear();
  });

  it('fails if the server sends an additional frame', async () => {
    const player = new DocPlayer(gateways);
    for (const step of docScript(heartbeat.repeat(2))) await player.play(step);
    await expect(player.clear()).rejects.toThrow('does not show');
  });
});
