import { describe, expect, it } from '@jest/globals';
import { presenceOf, refusal } from './answers.js';
import { onStage } from './on-stage.js';
import { GENEROUS, PLACES } from './settings.js';

const stage = onStage(2, { env: GENEROUS });

/** From the revocation to the close (PROTOCOL.md, section 5). Milliseconds. */
const REVOCATION_MS = 2_000;

describe.each(PLACES)('A license that is revoked, its devices $place', ({ far }) => {
  it('ends all its sessions within 2 s, and no others', async () => {
    const [license] = await stage.cluster.licenses.issue({ count: 1, maxDevices: 2 });
    const license_key = license?.license_key ?? '';
    const [one, two] = await Promise.all([stage.stranger('one'), stage.stranger('two', { at: far })]);
    for (const player of [one, two]) await player.register({ ...player.identity, license_key });
    const bob = await stage.player('bob', { contacts: [one.peer_id] });
    await bob.next('presence');
    const call_id = await stage.call(bob, one);

    await stage.cluster.licenses.revoke(license_key);
    const closed = await Promise.all([one.closed(REVOCATION_MS), two.closed(REVOCATION_MS)]);
    expect(closed.map(({ code }) => code)).toEqual([4501, 4501]);
    expect((await bob.next('hangup')).data).toEqual({ call_id, peer_id: one.peer_id, reason: 'peer_offline' });
    expect(await bob.next('presence')).toMatchObject(presenceOf(one.peer_id, 'OFFLINE'));

    const again = await stage.socketOf({ ...one.identity, license_key });
    expect(await again.ask('register', again.identity)).toMatchObject(refusal('license_revoked', 'register'));
    await bob.roundTrip();
  });
});

describe('A user who asks to move a license where that is not offered', () => {
  it('is answered as if nobody had asked', async () => {
    const alice = await stage.player('alice');
    const newer = await stage.stranger('newer', { at: 1 });
    const asked = { ...newer.identity, license_key: alice.license_key, transfer: true };
    expect(await newer.ask('register', asked)).toMatchObject(refusal('license_device_limit', 'register'));
    expect((await newer.closed()).code).toBe(4501);
    await alice.roundTrip();
  });
});

describe('A device that an operator releases', () => {
  it('makes room for another', async () => {
    const alice = await stage.player('alice');
    await stage.cluster.licenses.release(alice.license_key, alice.device_id);
    const newer = await stage.stranger('newer', { at: 1 });
    await newer.register({ ...newer.identity, license_key: alice.license_key });
  });
});
