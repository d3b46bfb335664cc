import { LIMITS } from '@white-rabbit/protocol';
import type { IceServer } from '@white-rabbit/protocol';
import type { ServerFrame } from '@white-rabbit/testing';
import { ACK, holds, matches } from '../expectations.js';
import type { Guest } from '../guest.js';
import { rulesOfTwo } from '../rule.js';

/** How far the clock of the machine that checks may be off. Seconds. */
const CLOCK_S = 300;

function relaysIn(frame: ServerFrame): readonly IceServer[] | undefined {
  return frame.event === 'accept' || frame.event === 'ack' ? frame.data.ice_servers : undefined;
}

/** The user names of the relays, each checked: until when it lets in, and that it names nobody. */
function userNames(servers: readonly IceServer[], call_id: string, guests: readonly Guest[]): readonly string[] {
  const relays = servers.filter(({ urls }) => urls.some((url) => /^turns?:/i.test(url)));
  holds(relays.length > 0, 'ice_servers holds no TURN server');
  return relays.map(({ username = '', credential = '' }) => {
    holds(username !== '' && credential !== '', 'a TURN server comes without credentials');
    const leftS = Number(/^(\d+):/.exec(username)?.[1]) - Date.now() / 1000;
    const mostS = LIMITS.turnCredentialsMs / 1000 + CLOCK_S;
    holds(leftS > -CLOCK_S && leftS < mostS, 'a user name does not begin with a time within 10 minutes and a colon');
    const ids = [call_id, ...guests.flatMap(({ peer_id, device_id }) => [peer_id, device_id])];
    holds(!ids.some((id) => username.includes(id)), 'a user name names a peer, a device or a call');
    return username;
  });
}

/** Section 5, TURN. A server need not offer any. */
export const RELAY_RULES = rulesOfTwo(5, {
  'relays are offered to both sides of a call, each with credentials of its own, or to neither': async (scene, far) => {
    const [alice, bob] = await scene.pair(far);
    const call_id = await scene.ring(alice, bob);
    const ack = await bob.ask('accept', { call_id });
    matches(ack, ACK);
    const [ofCaller, ofCallee] = [relaysIn(await alice.next('accept')), relaysIn(ack)];
    holds((ofCaller === undefined) === (ofCallee === undefined), 'relays are offered to one side alone');
    const names = [ofCaller ?? [], ofCallee ?? []].flatMap((servers) =>
      servers.length > 0 ? userNames(servers, call_id, [alice, bob]) : [],
    );
    holds(new Set(names).size === names.length, 'two relays have the same user name');
  },
});
