import { describe, expect, it } from '@jest/globals';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { presenceOf } from './answers.js';
import { WebRtcPeer } from './webrtc-peer.js';

const cluster = useCluster(2);

describe('Two WebRTC peers on two gateways', () => {
  it('find each other, ring, connect, exchange texts, and stay connected when both gateways are killed', async () => {
    const bob = await cluster.connect('bob', { at: 1 });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    await bob.join();
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));

    const call_id = await cluster.call(alice, bob);
    const [caller, callee] = [new WebRtcPeer(alice, call_id), new WebRtcPeer(bob, call_id)];
    await caller.offer();
    await Promise.all([caller.connected(), callee.connected()]);

    await caller.say('Curiouser and curiouser!');
    expect(await callee.hear()).toBe('Curiouser and curiouser!');
    await callee.say('Off with their heads!');
    expect(await caller.hear()).toBe('Off with their heads!');

    await Promise.all(cluster.gateways.map((gateway) => gateway.kill('SIGKILL')));
    expect((await Promise.all([alice.closed(), bob.closed()])).map(({ code }) => code)).toEqual([1006, 1006]);

    await caller.say('We are all mad here.');
    expect(await callee.hear()).toBe('We are all mad here.');
    await callee.say('How do you know?');
    expect(await caller.hear()).toBe('How do you know?');
    await Promise.all([caller.close(), callee.close()]);
  });
});
