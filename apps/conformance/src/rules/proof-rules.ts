import { CLOSE_CODES, PROOF_SUBPROTOCOL, SUBPROTOCOL, type ErrorCode, type ProofClaim } from '@white-rabbit/protocol';
import { newIdentity, TestKey, type Proof, type Registration } from '@white-rabbit/testing';
import type { ConformanceClient } from '../conformance-client.js';
import { ensure, expectClose, expectError, expectFrame } from '../expectations.js';
import { rulesOf, rulesOfTwo, type Rule } from '../rule.js';
import type { RuleContext } from '../rule-context.js';

/** A client that the server has asked for a proof. */
interface Challenged {
  readonly client: ConformanceClient;
  readonly nonce: string;
}

async function challenged(context: RuleContext, identity: Registration, at: 0 | 1 = 0): Promise<Challenged> {
  const client = await context.connect(identity, at, { protocols: [PROOF_SUBPROTOCOL, SUBPROTOCOL] });
  const { nonce } = (await client.next('challenge')).data;
  return { client, nonce };
}

/** The proof of this registration on this connection. `changes`: what it signs wrongly. */
function proofOf(
  { client, nonce }: Challenged,
  key: TestKey,
  identity: Registration,
  changes: Partial<ProofClaim> = {},
): Proof {
  return key.prove(client.socket.url, nonce, identity, changes);
}

/** Registers on a new connection with the proof that `prove` gives. */
async function registerWith(
  context: RuleContext,
  identity: Registration,
  prove: (connection: Challenged) => unknown,
  at: 0 | 1 = 0,
): Promise<ConformanceClient> {
  const connection = await challenged(context, identity, at);
  connection.client.send('register', { ...identity, proof: prove(connection) }, 'register');
  return connection.client;
}

async function expectRegistered(client: ConformanceClient): Promise<ConformanceClient> {
  expectFrame(await client.answer('register'), { event: 'registered', data: { peer_id: client.peer_id } });
  return client;
}

async function expectRefused(client: ConformanceClient, code: ErrorCode): Promise<void> {
  expectError(await client.answer('register'), code, 'register');
  await expectClose(client, code === 'bad_data' ? CLOSE_CODES.protocolError : CLOSE_CODES.identityRefused);
}

/** Registers the owner, and expects that a register with each of these proofs is refused and leaves that session alone. */
async function expectInvalid(
  context: RuleContext,
  proofs: readonly ((connection: Challenged, key: TestKey, identity: Registration) => unknown)[],
  code: ErrorCode = 'proof_invalid',
): Promise<void> {
  const { identity, key } = await context.keyOwner();
  const owner = await expectRegistered(await registerWith(context, identity, (to) => proofOf(to, key, identity)));
  for (const prove of proofs)
    await expectRefused(await registerWith(context, identity, (to) => prove(to, key, identity)), code);
  await owner.roundTrip();
}

const claiming =
  (changes: Partial<Record<keyof ProofClaim, unknown>>) => (to: Challenged, key: TestKey, identity: Registration) =>
    proofOf(to, key, identity, changes as Partial<ProofClaim>);

const malformed = (change: (proof: Proof) => unknown) => (to: Challenged, key: TestKey, identity: Registration) =>
  change(proofOf(to, key, identity));

/** Section 8. */
export const PROOF_RULES: readonly Rule[] = [
  ...rulesOf(8, {
    'server selects white-rabbit.v1.proof if the client offers it, and sends challenge first': async (context) => {
      for (const protocols of [
        [PROOF_SUBPROTOCOL, SUBPROTOCOL],
        [SUBPROTOCOL, PROOF_SUBPROTOCOL],
        [PROOF_SUBPROTOCOL],
      ]) {
        const client = await context.open({ protocols });
        ensure(client.socket.protocol === PROOF_SUBPROTOCOL, `selected ${client.socket.protocol}`);
        const first = await client.nextWhere('first frame', () => true);
        expectFrame(first, { event: 'challenge' });
      }
    },
    'server sends no challenge to a client that does not offer white-rabbit.v1.proof': async (context) => {
      for (const protocols of [[SUBPROTOCOL], []]) await (await context.open({ protocols })).expectNothing('challenge');
    },
    'server sends another nonce on every connection': async (context) => {
      const identity = await context.identity();
      const nonces = new Set<string>();
      for (let count = 0; count < 8; count += 1) nonces.add((await challenged(context, identity)).nonce);
      ensure(nonces.size === 8, 'two connections have the same nonce');
    },
    'server accepts a register without proof after a challenge if the peer_id is a name': async (context) => {
      const { client } = await challenged(context, await context.identity());
      client.send('register', client.identity, 'register');
      await expectRegistered(client);
    },
    'server answers a register without proof with proof_required and closes with 4502 if the peer_id is a key': async (
      context,
    ) => {
      await expectInvalid(context, [() => undefined], 'proof_required');
      const { identity } = await context.keyOwner();
      const client = await context.connect(identity);
      client.send('register', identity, 'register');
      await expectRefused(client, 'proof_required');
    },
    'server answers a proof of another connection with proof_invalid and closes with 4502': async (context) => {
      const { identity, key } = await context.keyOwner();
      const first = await challenged(context, identity);
      const proof = proofOf(first, key, identity);
      await expectRefused(await registerWith(context, identity, () => proof), 'proof_invalid');
      const plain = await context.connect(identity);
      plain.send('register', { ...identity, proof }, 'register');
      await expectRefused(plain, 'proof_invalid');
      first.client.send('register', { ...identity, proof }, 'register');
      await expectRegistered(first.client);
    },
    'server answers a proof for another host, nonce or license with proof_invalid and closes with 4502': (context) =>
      expectInvalid(context, [
        claiming({ host: 'another.example' }),
        claiming({ nonce: 'A'.repeat(22) }),
        claiming({ licenseHash: '0'.repeat(64) }),
      ]),
    'server answers a proof for another device, peer or transfer with proof_invalid and closes with 4502': (context) =>
      expectInvalid(context, [
        claiming({ device: 'device-of-another' }),
        claiming({ peer: 'peer-of-another' }),
        claiming({ isTransfer: true }),
      ]),
    'server answers a proof by another key with proof_invalid and closes with 4502': (context) =>
      expectInvalid(context, [
        (to, _, identity) => proofOf(to, new TestKey(), identity),
        (to, key, identity) => ({ ...proofOf(to, new TestKey(), identity), public_key: key.publicKey }),
      ]),
    'server answers a signature with another last character with proof_invalid and closes with 4502': (context) =>
      expectInvalid(context, [malformed((proof) => ({ ...proof, signature: `${proof.signature.slice(0, -1)}B` }))]),
    'server answers a malformed proof with bad_data and closes with 4500': (context) =>
      expectInvalid(
        context,
        [
          malformed(({ public_key }) => ({ public_key })),
          malformed((proof) => ({ ...proof, public_key: `${proof.public_key}=` })),
          malformed((proof) => ({ ...proof, signature: `+${proof.signature.slice(1)}` })),
          malformed(({ signature }) => signature),
        ],
        'bad_data',
      ),
  }),
  ...rulesOfTwo(8, {
    'peer that is a key can register from another device of its owner, which replaces the session': async (
      context,
      far,
    ) => {
      const { identity, key } = await context.keyOwner();
      const other = { ...identity, device_id: `${identity.device_id}-2` };
      const first = await expectRegistered(await registerWith(context, identity, (to) => proofOf(to, key, identity)));
      const second = await expectRegistered(await registerWith(context, other, (to) => proofOf(to, key, other), far));
      await expectClose(first, CLOSE_CODES.replaced);
      await second.roundTrip();
    },
    'server answers the device_id and peer_id of another license with proof_required or proof_invalid and closes with 4502':
      async (context, far) => {
        const victim = await context.client();
        // The spare license is never bound, so that every run is refused here.
        const attack = { ...victim.identity, license_key: context.target.spareKey };
        const plain = await context.connect(attack, far);
        plain.send('register', attack, 'register');
        await expectRefused(plain, 'proof_required');
        const proving = await registerWith(context, attack, (to) => proofOf(to, new TestKey(), attack), far);
        await expectRefused(proving, 'proof_invalid');
        await victim.roundTrip();
      },
    'server answers a new device with the peer_id of a key without its proof with proof_required and closes with 4502':
      async (context, far) => {
        const { key } = await context.keyOwner();
        const other = { ...newIdentity('other'), license_key: context.target.spareKey, peer_id: key.peerId };
        const client = await context.connect(other, far);
        client.send('register', other, 'register');
        await expectRefused(client, 'proof_required');
      },
  }),
];
