import { CLOSE_CODES, type CloseCode, type ErrorCode } from '@white-rabbit/protocol';
import { newIdentity, type Registration } from '@white-rabbit/testing';
import { expectClose, expectFrame, expectError } from '../expectations.js';
import { rulesOf, rulesOfTwo, type Rule } from '../rule.js';
import type { RuleContext } from '../rule-context.js';

async function expectRefusal(
  context: RuleContext,
  identity: Registration,
  code: ErrorCode,
  close: CloseCode,
  at: 0 | 1 = 0,
): Promise<void> {
  const client = await context.connect(identity, at);
  expectError(await client.ask('register', client.identity), code, 'register');
  await expectClose(client, close);
}

/** Section 5, license, and the codes of section 6 that belong to it. */
export const LICENSE_RULES: readonly Rule[] = [
  ...rulesOfTwo(5, {
    'bound device can register again with its device_id and peer_id': async (context, far) => {
      const identity = await context.identity();
      await (await context.registered(identity)).close();
      await context.registered(identity, far);
    },
    'register with transfer changes nothing for a bound device': async (context, far) => {
      const identity = await context.identity();
      await (await context.registered(identity)).close();
      const alice = await context.connect(identity, far);
      expectFrame(await alice.ask('register', { ...alice.identity, transfer: true }), { event: 'registered' });
      await (await context.registered(identity)).roundTrip();
    },
    'server answers a bound device with another peer_id with license_identity_mismatch and closes with 4502': async (
      context,
      far,
    ) => {
      const identity = await context.identity();
      const alice = await context.registered(identity);
      const { peer_id } = newIdentity('other');
      const other = { ...identity, peer_id };
      await expectRefusal(context, other, 'license_identity_mismatch', CLOSE_CODES.identityRefused, far);
      await alice.roundTrip();
    },
    'server answers the peer_id of another device with peer_id_taken and closes with 4502': async (context, far) => {
      const alice = await context.client();
      // The spare license is never bound, so that every run is refused here.
      const mallory = { ...newIdentity('mallory'), license_key: context.target.spareKey, peer_id: alice.peer_id };
      await expectRefusal(context, mallory, 'peer_id_taken', CLOSE_CODES.identityRefused, far);
      await alice.roundTrip();
    },
    'server answers a device beyond the limit of its license with license_device_limit and closes with 4501': async (
      context,
      far,
    ) => {
      const alice = await context.client();
      const second = { ...newIdentity('second'), license_key: alice.license_key };
      await expectRefusal(context, second, 'license_device_limit', CLOSE_CODES.licenseRefused, far);
      await alice.roundTrip();
    },
  }),
  ...rulesOf(
    6,
    {
      'server answers a revoked license with license_revoked and closes with 4501': async (context) => {
        for (const license_key of context.target.keyFile.revoked) {
          await expectRefusal(
            context,
            { ...newIdentity('client'), license_key },
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
      'server answers an expired license with license_expired and closes with 4501': async (context) => {
        for (const license_key of context.target.keyFile.expired) {
          await expectRefusal(
            context,
            { ...newIdentity('client'), license_key },
            'license_expired',
            CLOSE_CODES.licenseRefused,
          );
        }
      },
    },
    ['expired-key'],
  ),
];
