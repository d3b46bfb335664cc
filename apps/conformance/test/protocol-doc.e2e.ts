import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { DocRunner } from './doc-runner.js';
import { docScript } from './doc-script.js';

const document = await readFile(join(REPOSITORY_ROOT, 'docs/protocol.md'), 'utf8');
const cluster = useCluster(2);

describe('A cluster of two gateways', () => {
  it('responds to every example of docs/protocol.md as the document shows', async () => {
    const runner = new DocRunner(cluster);
    const script = docScript(document);
    expect(script.length).toBeGreaterThan(50);
    for (const step of script) await runner.run(step);
    await runner.clear();
  });
});

describe('The test of the examples', () => {
  const heartbeat = `<!-- send alice -->\n\`\`\`json\n{"event":"heartbeat","ref":"1"}\n\`\`\`\n`;

  it('fails if the server responds differently', async () => {
    const runner = new DocRunner(cluster);
    const shown = `<!-- receive alice -->\n\`\`\`json\n{"event":"heartbeat","ref":"1","data":{"ack":false}}\n\`\`\`\n`;
    const [send, receive] = docScript(heartbeat + shown);
    if (!send || !receive) throw new Error('two steps');
    await runner.run(send);
    await expect(runner.run(receive)).rejects.toThrow('line 6');
    await runner.clear();
  });

  it('fails if the server sends an additional frame', async () => {
    const runner = new DocRunner(cluster);
    for (const step of docScript(heartbeat.repeat(2))) await runner.run(step);
    await expect(runner.clear()).rejects.toThrow('does not show');
  });
});
