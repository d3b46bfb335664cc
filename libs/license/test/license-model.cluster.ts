import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { type DeviceId, type PeerId, type PublicKey, isKeyPeer, peerOfKey } from '@white-rabbit/protocol';
import fc from 'fast-check';
import { type DeviceHash, deviceHash } from '../src/device-hash.js';
import { IN_QUARANTINE } from '../src/license-facts.js';
import type { LicenseKey } from '../src/license-key.js';
import { openLicenseOrm } from '../src/license-orm.js';
import { PostgresLicenseRepository } from '../src/postgres-license-repository.js';
import type { LicenseId } from '../src/verdict.js';
import { admin, codeOf, issue, newIdentity, newKey, pool, reference, urls } from './license-scene.js';

const DAYS = 1;
const SLOTS = 2;

let orm: MikroORM;
let gateway: PostgresLicenseRepository;
beforeAll(async () => {
  orm = await openLicenseOrm({ databaseUrl: urls.wr_gateway });
  gateway = new PostgresLicenseRepository(orm, { transferDays: DAYS });
});
afterAll(() => orm.close());

/** What each step chooses from: every device can come with every peer and key, as attackers do. */
interface Cast {
  readonly licenses: readonly { readonly key: LicenseKey; readonly id: LicenseId }[];
  readonly devices: readonly DeviceId[];
  readonly peers: readonly PeerId[];
  readonly keys: readonly (PublicKey | undefined)[];
}

async function newCast(): Promise<Cast> {
  const licenses = await Promise.all(
    [1, SLOTS].map(async (maxDevices) => {
      const key = await issue({ maxDevices });
      return { key, id: (await admin.show(reference(key)))?.license.id ?? ('' as LicenseId) };
    }),
  );
  const keys = [newKey(), newKey()];
  const devices = Array.from({ length: 4 }, () => newIdentity()[0]);
  return {
    licenses,
    devices,
    peers: [newIdentity()[1], newIdentity()[1], ...keys.map(peerOfKey)],
    keys: [undefined, ...keys],
  };
}

interface Register {
  readonly license: Cast['licenses'][number];
  readonly device: DeviceHash;
  readonly deviceId: DeviceId;
  readonly peer: PeerId;
  readonly key: PublicKey | undefined;
  readonly wantsTransfer: boolean;
}

interface Step {
  readonly what: 'register' | 'move' | 'release' | 'days';
  readonly at: readonly [number, number, number, number];
}

const at = fc.tuple(fc.nat(1), fc.nat(3), fc.nat(3), fc.nat(2));
const steps = (maxLength: number, minLength: number) =>
  fc.array(
    fc.record({
      what: fc.oneof(
        { weight: 4, arbitrary: fc.constant('register' as const) },
        { weight: 4, arbitrary: fc.constant('move' as const) },
        { weight: 3, arbitrary: fc.constant('days' as const) },
        { weight: 1, arbitrary: fc.constant('release' as const) },
      ),
      at,
    }),
    { maxLength, minLength },
  );

function registerOf({ licenses, devices, peers, keys }: Cast, { what, at: [l, d, p, k] }: Step): Register {
  const [license, deviceId, peer] = [licenses[l], devices[d], peers[p]];
  if (license === undefined || deviceId === undefined || peer === undefined) throw new RangeError('No such choice.');
  // Gateways pass a register of a peer that is a key only with the proof by it.
  const key = isKeyPeer(peer) ? (peer.slice(2) as PublicKey) : keys[k];
  return { license, deviceId, device: deviceHash(deviceId), peer, key, wantsTransfer: what === 'move' };
}

const send = async ({ license, deviceId, peer, key: publicKey, wantsTransfer }: Register) =>
  codeOf(await gateway.authorize(license.key, deviceId, peer, { publicKey, wantsTransfer }));

/** What is stored: a held identity is bound or in quarantine. */
interface Stored {
  readonly device: DeviceHash;
  readonly peer: PeerId;
  readonly key: PublicKey | null;
  readonly bound: readonly LicenseId[];
  /** The licenses that were moved away from it, and the devices that have its slots. */
  readonly lost: readonly { readonly license: LicenseId; readonly taker: DeviceHash | null }[];
}

async function stored({ devices }: Cast): Promise<readonly Stored[]> {
  const { rows } = await pool.query<Stored>(
    `select i.device_hash as device, i.peer_id as peer, i.public_key as key,
       array(select license_id::text from binding b where b.device_hash = i.device_hash) as bound,
       coalesce((select json_agg(json_build_object('license', license_id, 'taker', taken_by)) from quarantine q
         where q.device_hash = i.device_hash and q.${IN_QUARANTINE}), '[]') as lost
     from identity i where i.device_hash = any ($1)`,
    [devices.map(deviceHash)],
  );
  return rows.filter(({ bound, lost }) => bound.length + lost.length > 0);
}

/** Every license within its slots, and every accepted device with its peer. */
function expectSound(after: readonly Stored[], { licenses }: Cast): void {
  for (const [n, { id }] of licenses.entries())
    expect(after.filter(({ bound }) => bound.includes(id)).length).toBeLessThanOrEqual(n === 0 ? 1 : SLOTS);
  expect(new Set(after.map(({ peer }) => peer)).size).toBe(after.length);
}

/** What a register may have changed for others, and whether it had to be accepted. Returns whether it cancelled a move. */
function expectFair(
  register: Register,
  code: string,
  before: readonly Stored[],
  after: readonly Stored[],
): 'taken back' | undefined {
  const { license, device, peer, key } = register;
  const isAccepted = code === 'accepted';
  const now = (one: Stored) => after.find((other) => other.peer === one.peer);
  const own = before.find((one) => one.peer === peer);
  if (isAccepted) expect(after.find((one) => one.device === device)).toMatchObject({ peer });
  if (isAccepted) expect(after.find((one) => one.device === device)?.bound).toContain(license.id);
  // An identity with a key is accepted for its owner only, and one without stays with its device and licenses.
  if (isAccepted && own?.key != null) expect(key).toBe(own.key);
  if (isAccepted && own?.key === null) {
    expect(own.device).toBe(device);
    const isHere = own.bound.includes(license.id) || own.lost.some((one) => one.license === license.id);
    expect(isHere).toBe(true);
  }
  for (const one of before) {
    const isOwner = one.peer === peer && isAccepted && (one.key === null || one.key === key);
    if (!isOwner && one.key !== key) {
      // By a register without its key an identity loses a slot at most, which its device can then take back. An identity
      // that is nowhere else is gone if it had taken the slot.
      const hadTaken = before.some(
        (other) => other.peer === peer && other.lost.some(({ taker }) => taker === one.device),
      );
      const hadTakenLater = one.lost.some((lost) => lost.license === license.id);
      if (now(one) === undefined) expect(hadTaken || hadTakenLater).toBe(true);
      else expect(now(one)).toMatchObject({ device: one.device, key: one.key });
      for (const lost of one.bound.filter((id) => now(one)?.bound.includes(id) !== true)) {
        expect(lost).toBe(license.id);
        if (!hadTaken) expect(now(one)?.lost.map((each) => each.license)).toContain(license.id);
      }
    }
  }
  // After further moves a slot can be taken back from the device that has it.
  for (const one of after) {
    const earlier = before.find((other) => other.peer === one.peer);
    const takerIn = (all: readonly Stored[], of: Stored | undefined) => {
      const taker = of?.lost.find((lost) => lost.license === license.id)?.taker;
      return all.find((other) => other.device === taker && other.bound.includes(license.id));
    };
    const isStillLost = one.lost.some((lost) => lost.license === license.id);
    if (isStillLost && takerIn(before, earlier) !== undefined) expect(takerIn(after, one)).toBeDefined();
  }
  const isKnown = own?.device === device && (own.key === null || own.key === key);
  const isBound = own?.bound.includes(license.id) === true;
  const taker = own?.lost.find((one) => one.license === license.id)?.taker;
  const canTakeBack = before.some((one) => one.device === taker && one.bound.includes(license.id));
  if (isKnown && (isBound || canTakeBack)) expect(code).toBe('accepted');
  return isKnown && canTakeBack ? 'taken back' : undefined;
}

async function letDaysPass({ licenses }: Cast, days: number): Promise<void> {
  for (const { id } of licenses) {
    await pool.query(`update license set transferred_at = transferred_at - $2 * interval '1 day' where id = $1`, [
      id,
      days,
    ]);
    await pool.query(`update quarantine set moved_at = moved_at - $2 * interval '1 day' where license_id = $1`, [
      id,
      days,
    ]);
  }
}

describe('Random registers, moves, releases and days, of devices with and without keys:', () => {
  test('no identity is accepted without its key, and a device that loses its slot without it can take it back', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(steps(40, 20), async (list) => {
        const cast = await newCast();
        for (const step of list) {
          const before = await stored(cast);
          const register = registerOf(cast, step);
          if (step.what === 'release') await admin.release(reference(register.license.id), register.deviceId);
          else if (step.what === 'days') await letDaysPass(cast, step.at[1] === 0 && step.at[2] === 0 ? 7 : DAYS);
          else {
            const code = await send(register);
            seen.add(code);
            const special = expectFair(register, code, before, await stored(cast));
            if (special !== undefined) seen.add(special);
          }
          expectSound(await stored(cast), cast);
        }
      }),
      { numRuns: 60 },
    );
    // The sequences reach all that can happen.
    const codes = ['accepted', 'proof_required', 'proof_invalid', 'peer_id_taken', 'license_identity_mismatch'];
    const rare = ['license_device_limit', 'license_transfer_too_soon', 'taken back'];
    expect([...seen]).toEqual(expect.arrayContaining([...codes, ...rare]));
  }, 120_000);

  test('the same holds for registers at the same time, as far as that can be seen afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps(6, 2), { minLength: 1, maxLength: 5 }), async (rounds) => {
        const cast = await newCast();
        for (const round of rounds) {
          const before = await stored(cast);
          const registers = round.filter(({ what }) => what !== 'days').map((step) => registerOf(cast, step));
          const codes = await Promise.all(registers.map(send));
          expectSound(await stored(cast), cast);
          for (const [n, { peer, key }] of registers.entries()) {
            const own = before.find((one) => one.peer === peer);
            // Another register of the round may take a slot back that the identity had taken: then its peer can be free.
            const mayBeGone = before.some((one) => one.lost.some(({ taker }) => taker === own?.device));
            if (codes[n] === 'accepted' && own?.key != null && own.bound.length > 0 && !mayBeGone) {
              expect(key).toBe(own.key);
            }
          }
          expect(codes).not.toContain('license_unavailable');
          await letDaysPass(cast, DAYS);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
