import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import {
  DEBIAN,
  DEBIAN_PYTHON,
  FrameProxy,
  howToInstall,
  isInstalled,
  ManagedProcess,
  REPOSITORY_ROOT,
  within,
} from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { connect, createIdentity, type Call, type Client } from '../src/index.js';
import { VECTORS } from './vectors.js';

const EXAMPLES = join(REPOSITORY_ROOT, 'docs/examples');
const MODULES = [DEBIAN.pythonCryptography, DEBIAN.pythonWebsockets];
const installed = await Promise.all(MODULES.map(isInstalled));
const missing = MODULES.filter((_, index) => !installed[index]).map(howToInstall);

/** Two processes that start, register and call. Milliseconds. */
const CALL_MS = 20_000;

/** Computes the bytes of the test vectors with the code of the example. */
const CHECK_VECTORS = `
import json, sys, peer
v = json.load(open(sys.argv[1]))
keys = {name: peer.PeerKey(p["private_key"]) for name, p in v["peers"].items()}
ids = [keys[v["call"][role]].peer_id for role in ("caller", "callee")]
seals = {}
for role in ("caller", "callee"):
    private = peer.X25519PrivateKey.from_private_bytes(peer.decode(v["seal"][role]["private_key"]))
    seals[role] = peer.Seal(keys[v["call"][role]], v["call"]["call_id"], *ids, role, private)
firsts = {role: seal.first_signal() for role, seal in seals.items()}
seals["caller"].agree(firsts["callee"])
seals["callee"].agree(firsts["caller"])
p = v["proof"]
opened = [seals[seals[one["sender"]].other].open(one["signal"]) for one in v["sealed"]]
proof = peer.proof(keys[p["peer"]], p["url"], p["nonce"], p["register"])
print(json.dumps({"proof": proof, "firsts": firsts, "opened": opened}))
`;

describeUnless(missing.join(' '))('The example in Python', () => {
  const cluster = useCluster(1);
  const clients: Client[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A peer in Python, and its peer id once it is registered. */
  async function python(name: string, callee: readonly string[] = [], url = cluster.gateway(0).url) {
    const args = [join(EXAMPLES, 'peer.py'), url, await cluster.licenseKey(), join(folder, `${name}.json`), ...callee];
    const own = new ManagedProcess({ name, command: DEBIAN_PYTHON, args });
    const peerId = await own.line((line) => /^registered (k-[\w-]{43})$/.exec(line)?.[1], CALL_MS);
    return { own, peerId };
  }

  const opened = (own: ManagedProcess) => own.line((line) => /^opened (.*)/.exec(line)?.[1], CALL_MS);

  /** A client of the SDK. */
  async function online(): Promise<[Client, string]> {
    const identity = await createIdentity();
    const client = connect({ url: cluster.gateway(0).url, licenseKey: await cluster.licenseKey(), ...identity });
    clients.push(client);
    expect(await client.online()).toEqual({ ok: true });
    return [client, identity.peerId];
  }

  it('gives the bytes of the test vectors', async () => {
    const args = ['-c', CHECK_VECTORS, join(REPOSITORY_ROOT, 'docs/protocol.vectors.json')];
    const { stdout } = await promisify(execFile)(DEBIAN_PYTHON, ['-B', ...args], { cwd: EXAMPLES });
    expect(JSON.parse(stdout)).toEqual({
      proof: VECTORS.proof.proof,
      firsts: { caller: VECTORS.seal.caller.signal, callee: VECTORS.seal.callee.signal },
      opened: VECTORS.sealed.map(({ plaintext }) => JSON.parse(plaintext) as object),
    });
  });

  it('exchanges sealed signals with itself, and keeps its key in a file that only its owner can read', async () => {
    const bob = await python('bob');
    const alice = await python('alice', [bob.peerId]);
    expect(await Promise.all([opened(alice.own), opened(bob.own)])).toEqual([
      '{"hello": "from the callee"}',
      '{"hello": "from the caller"}',
    ]);
    const exits = await within('both have ended', CALL_MS, Promise.all([alice.own.exited, bob.own.exited]));
    expect(exits.map(({ code }) => code)).toEqual([0, 0]);
    const file = join(folder, 'alice.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ peerId: alice.peerId });
  });

  it('calls a client of the SDK', async () => {
    const [client, peerId] = await online();
    const ring = new Promise<Call>((resolve) => client.on('ring', resolve));
    const { own } = await python('carol', [peerId]);
    const call = await within('a ring', CALL_MS, ring);
    call.on('signal', (signal) => call.signal({ heard: signal }));
    await call.accept();
    expect(await opened(own)).toBe('{"heard": {"hello": "from the caller"}}');
    expect([call.isSealed, await call.ended]).toEqual([true, 'hangup']);
  });

  it('is called by a client of the SDK', async () => {
    const { own, peerId } = await python('dora');
    const [client] = await online();
    const call = client.call(peerId);
    const answer = new Promise((resolve) => call.on('signal', resolve));
    expect(await call.answered).toBe('accepted');
    void call.signal({ hello: 'from the SDK' });
    expect(await within('an answer', CALL_MS, answer)).toEqual({ hello: 'from the callee' });
    expect([await opened(own), call.isSealed]).toEqual(['{"hello": "from the SDK"}', true]);
    await call.hangup();
    expect(await within('it has ended', CALL_MS, own.exited)).toMatchObject({ code: 0 });
  });

  it('hangs up if a signal was changed on the way', async () => {
    const proxy = await FrameProxy.start(cluster.gateway(0).url);
    proxy.rewrite = (frame, { to }) => {
      const { sealed } = (frame.data?.['signal'] ?? {}) as { readonly sealed?: string };
      if (to === 'server' || sealed === undefined) return [frame];
      return [
        {
          ...frame,
          data: { ...frame.data, signal: { sealed: sealed.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) } },
        },
      ];
    };
    const { own, peerId } = await python('emma', [], proxy.url);
    const [client] = await online();
    const call = client.call(peerId);
    await call.answered;
    void call.signal({ hello: 'from the SDK' });
    expect(await within('it has ended', CALL_MS, own.exited)).toMatchObject({ code: 1 });
    expect(own.lines.join('\n')).toContain('hung up: the signals of this call are not sealed by the other peer');
    expect(await call.ended).toBe('peer_offline');
    await proxy.stop();
  });
});
