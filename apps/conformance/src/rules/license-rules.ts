import { CLOSE_CODES } from '@white-rabbit/protocol';
import type { CloseCode, ErrorCode } from '@white-rabbit/protocol';
import { newIdentity } from '@white-rabbit/testing';
import type { Registration } from '@white-rabbit/testing';
import { closes, matches, refuses } from '../expectations.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';
import type { Scene } from '../scene.js';

async function isRefused(scene: Scene, identity: Registration, code: ErrorCode, close: CloseCode): Promise<void> {
  const guest = await scene.socketOf(identity);
  refuses(await guest.ask('register', guest.identity), code, 'register');
  await closes(guest, close);
}

/** Section 5, license, and the codes of section 6 that belong to it. */
export const LICENSE_RULES: readonly Rule[] = [
  ...rulesOf(5, {
    'a device comes back with the pair it was bound with': async (scene) => {
      const identity = await scene.identity();
      await (await scene.joined(identity)).close();
      await scene.joined(identity);
    },
    'a device that is bound may ask for a transfer, which changes nothing': async (scene) => {
      const identity = await scene.identity();
      await (await scene.joined(identity)).close();
      const alice = await scene.socketOf(identity);
      matches(await alice.ask('register', { ...alice.identity, transfer: true }), { event: 'registered' });
      await (await scene.joined(identity)).roundTrip();
    },
    'a bound device with another peer_id is answered license_identity_mismatch and closes 4502': async (scene) => {
      const identity = await scene.identity();
      const alice = await scene.joined(identity);
      const { peer_id } = newIdentity('other');
      await isRefused(scene, { ...identity, peer_id }, 'license_identity_mismatch', CLOSE_CODES.identityRefused);
      await alice.roundTrip();
    },
    'the peer_id of another device is answered peer_id_taken and closes 4502': async (scene) => {
      const alice = await scene.guest();
      // The spare license is never bound: it is refused here in every run.
      const mallory = { ...newIdentity('mallory'), license_key: scene.stand.spareKey, peer_id: alice.peer_id };
      await isRefused(scene, mallory, 'peer_id_taken', CLOSE_CODES.identityRefused);
      await alice.roundTrip();
    },
    'a device beyond the limit of its license is answered license_device_limit and closes 4501': async (scene) => {
      const alice = await scene.guest();
      const second = { ...newIdentity('second'), license_key: alice.license_key };
      await isRefused(scene, second, 'license_device_limit', CLOSE_CODES.licenseRefused);
      await alice.roundTrip();
    },
  }),
  ...rulesOf(
    6,
    {
      'a revoked license is answered license_revoked and closes 4501': async (scene) => {
        for (const license_key of scene.stand.keyFile.revoked) {
          await isRefused(
            scene,
            { ...newIdentity('guest'), license_key },
            'license_revoked',
            CLOSE_CODES.licenseRefused,
          );
        }
      },
    },
    ['revoked-key'],
  ),
  ...rulesOf(
    6,
    {
      'an expired license is answered license_expired and closes 4501': async (scene) => {
        for (const license_key of scene.stand.keyFile.expired) {
          await isRefused(
            scene,
            { ...newIdentity('guest'), license_key },
            'license_expired',
            CLOSE_CODES.licenseRefused,
          );
        }
      },
    },
    ['expired-key'],
  ),
];
