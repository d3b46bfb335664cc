import { LIMITS, type IceServer } from '@white-rabbit/protocol';
import type { ServerFrame } from '@white-rabbit/testing';
import { ACK, ensure, expectFrame } from '../expectations.js';
import type { ConformanceClient } from '../conformance-client.js';
import { rulesOfTwo } from '../rule.js';

/** Tolerance for the clock of the checking machine. Seconds. */
const CLOCK_S = 300;

function iceServersIn(frame: ServerFrame): readonly IceServer[] | undefined {
  return frame.event === 'accept' || frame.event === 'ack' ? frame.data.ice_servers : undefined;
}

/** The user names of the TURN servers. Checks their expiry time, and that they contain no id. */
function userNames(
  servers: readonly IceServer[],
  call_id: string,
  clients: readonly ConformanceClient[],
): readonly string[] {
  const relays = servers.filter(({ urls }) => urls.some((url) => /^turns?:/i.test(url)));
  ensure(relays.length > 0, 'ice_servers holds no TURN server');
  return relays.map(({ username = '', credential = '' }) => {
    ensure(username !== '' && credential !== '', 'a TURN server has no credentials');
    const leftS = Number(/^(\d+):/.exec(username)?.[1]) - Date.now() / 1000;
    const mostS = LIMITS.turnCredentialsMs / 1000 + CLOCK_S;
    ensure(leftS > -CLOCK_S && leftS < mostS, 'a user name does not begin with a time within 10 minutes and a colon');
    const ids = [call_id, ...clients.flatMap(({ peer_id, device_id }) => [peer_id, device_id])];
    ensure(!ids.some((id) => username.includes(id)), 'a user name contains the id of a peer, a device or a call');
    return username;
  });
}

/** Section 5, TURN. A server may offer no ICE servers. */
export const ICE_SERVER_RULES = rulesOfTwo(5, {
  'server offers ICE servers to both sides of a call, each with its own credentials, or to neither': async (
    context,
    far,
  ) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.ring(alice, bob);
    const ack = await bob.ask('accept', { call_id });
    expectFrame(ack, ACK);
    const [ofCaller, ofCallee] = [iceServersIn(await alice.next('accept')), iceServersIn(ack)];
    ensure((ofCaller === undefined) === (ofCallee === undefined), 'only one side received ICE servers');
    const names = [ofCaller ?? [], ofCallee ?? []].flatMap((servers) =>
      servers.length > 0 ? userNames(servers, call_id, [alice, bob]) : [],
    );
    ensure(new Set(names).size === names.length, 'two TURN servers have the same user name');
  },
});
