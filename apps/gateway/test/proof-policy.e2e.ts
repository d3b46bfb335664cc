import { describe, expect, it } from '@jest/globals';
import { TestKey } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { refusal } from './answers.js';
import { prover } from './prover.js';
import { GENEROUS } from './settings.js';

const HOST = 'rabbit.example';
const POLICIES = ['optional', 'new', 'required'] as const;

const cluster = useCluster(0, { env: GENEROUS });

describe('WR_PROOF', () => {
  it('decides which clients need a proof, and an operator can raise it step by step', async () => {
    for (const WR_PROOF of POLICIES) await cluster.add({ WR_PROOF });
    const [optional, ofNew, required] = [0, 1, 2] as const;
    const [known, key] = [await cluster.identity('known'), new TestKey()];
    await (await cluster.connectAs(known, optional)).join();

    // A gateway that asks new devices only.
    await (await cluster.connectAs(known, ofNew)).join();
    const fresh = await cluster.identity('fresh');
    const plain = await cluster.connectAs(fresh, ofNew);
    expect(await plain.ask('register', fresh)).toMatchObject(refusal('proof_required', 'register'));
    expect((await plain.closed()).code).toBe(4502);
    expect((await (await prover(cluster, fresh, new TestKey(), ofNew)).prove()).event).toBe('registered');

    // A gateway that asks all clients: a known device shows its key for the first time there.
    const refused = await cluster.connectAs(known, required);
    expect(await refused.ask('register', known)).toMatchObject(refusal('proof_required', 'register'));
    expect((await refused.closed()).code).toBe(4502);
    expect((await (await prover(cluster, known, key, required)).prove()).event).toBe('registered');
    const again = await cluster.connectAs(known, optional);
    expect(await again.ask('register', known)).toMatchObject(refusal('proof_required', 'register'));
  });
});

describe('WR_PUBLIC_HOSTS', () => {
  it('refuses proofs for other hosts, and accepts those for its own whatever the request says', async () => {
    const at = cluster.gateways.length;
    const gateway = await cluster.add({ WR_PUBLIC_HOSTS: `${HOST}, eu.${HOST}:8443` });
    expect(gateway.lines.join('\n')).not.toContain('any_host');
    const key = new TestKey();
    const identity = { ...(await cluster.identity('key')), peer_id: key.peerId };
    const dialled = await prover(cluster, identity, key, at);
    expect(await dialled.prove()).toMatchObject(refusal('proof_invalid', 'register'));
    for (const host of [HOST, `eu.${HOST}:8443`])
      expect((await (await prover(cluster, identity, key, at)).prove({ host })).event).toBe('registered');
  });

  it('is missed at start with a warning, because a proof for another server could be used here', async () => {
    const gateway = await cluster.add();
    const warning = gateway.lines.find((line) => line.includes('any_host'));
    expect(warning).toMatch(/warn/i);
  });
});
