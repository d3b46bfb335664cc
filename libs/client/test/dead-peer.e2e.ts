import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess, REPOSITORY_ROOT, within } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { connect, createIdentity, PeerCall, type Client } from '../src/index.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;
/** A dead peer is noticed after 8 s; the rest is for a busy machine. Milliseconds. */
const NOTICED_MS = 15_000;

const cluster = useCluster(1);
let folder: string;
let client: Client | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
});
afterAll(async () => {
  client?.close();
  await rm(folder, { recursive: true });
});

describe('A connected peer', () => {
  it('notices within 10 s that the process of the other peer was killed, and ends with lost', async () => {
    const { url } = cluster.gateway(0);
    const file = join(folder, 'echo.json');
    const identity = await createIdentity();
    const program = ['--import', './scripts/from-source.mjs', 'libs/client/test/echo-process.ts'];
    const other = new ManagedProcess({
      name: 'echo',
      command: process.execPath,
      args: [...program, url, await cluster.licenseKey(), file, identity.peerId],
      cwd: REPOSITORY_ROOT,
    });
    const peerId = await other.line((line) => /^id: (.*)/.exec(line)?.[1], CONNECT_MS);
    await other.line((line) => (line === 'server: online' ? line : undefined), CONNECT_MS);

    client = connect({ url, ...identity, licenseKey: await cluster.licenseKey() });
    await client.online();
    const call = client.call(peerId);
    expect(await within('it is accepted', CONNECT_MS, call.answered)).toBe('accepted');
    const peer = new PeerCall(call, {
      createConnection: (configuration) => new RTCPeerConnection(configuration),
      restoreWithinMs: 1_000,
    });
    expect(await within('they are connected', CONNECT_MS, peer.opened)).toMatchObject({ ok: true });
    const [answer, delivered] = [peer.once('text'), peer.once('delivered')];
    await peer.send('Are you there?');
    expect(await within('an answer', CONNECT_MS, answer)).toBe('Are you there?, you said.');
    expect(await within('a confirmation', CONNECT_MS, delivered)).toBe(1);

    const state = peer.once('state');
    other.kill('SIGKILL');
    expect(await within('it is noticed', NOTICED_MS, state)).toBe('interrupted');
    await peer.send('And now?');
    expect(await within('it is given up', CONNECT_MS, peer.closed)).toBe('lost');
    expect(peer.delivery).toEqual({ sent: 2, confirmed: 1 });
  }, 120_000);
});
