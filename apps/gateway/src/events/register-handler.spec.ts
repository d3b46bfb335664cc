import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { accepted, refused, transferTooSoon, unavailable, type RefusalCode, type Verdict } from '@white-rabbit/license';
import { eventually } from '@white-rabbit/testing';
import { closeCodesOf, identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { LICENSE } from '../../test/unit/fake-licenses.js';
import { settled } from '../../test/unit/settled.js';
import { RefusalPace } from './limits/refusal-pace.js';
import { Source } from '../transport/source.js';

let node: TestNode;

beforeEach(async () => {
  node = await startNode({
    env: { WR_MAX_CONTACTS: '2', WR_REFUSALS_PER_KEY: '3', WR_REGISTERS_PER_MINUTE: '2', WR_REGION: 'mars' },
  });
});

async function register(data: object) {
  const { socket, connection } = node.connect();
  socket.says('register', data, 'r1');
  await settled();
  return { socket, connection };
}

/** The same; the answer is a refusal, which waits for its pace. */
async function refusedRegister(data: object) {
  const { socket, connection } = await register(data);
  await eventually('it is refused', () => socket.received.length > 0);
  return { socket, connection };
}

describe('A valid register', () => {
  it('is answered with registered and then one presence, of which only registered has the ref', async () => {
    const bob = await node.join('peer-bobby');
    const { socket, connection } = await register(identity('peer-alice', ['peer-bobby', 'peer-absent', 'peer-bobby']));
    expect(socket.received).toEqual([
      {
        event: 'registered',
        data: {
          peer_id: 'peer-alice',
          session_id: connection.session?.id,
          heartbeat_interval: 30,
          heartbeat_timeout: 60,
          region: 'mars',
        },
        ref: 'r1',
      },
      {
        event: 'presence',
        data: {
          peers: [
            { peer_id: 'peer-bobby', status: 'ONLINE' },
            { peer_id: 'peer-absent', status: 'OFFLINE' },
          ],
        },
      },
    ]);
    expect(bob.socket.received).toEqual([]);
  });

  it('is followed by no presence if there are no contacts', async () => {
    const { socket } = await register(identity('peer-alice'));
    expect(socket.received).toMatchObject([{ event: 'registered' }]);
    expect(node.verdicts).toEqual(['accepted']);
  });
});

describe('The checks of a register in their order:', () => {
  it('malformed data is named and closes with 4500 before any back end is queried', async () => {
    const { socket } = await register({ ...identity('peer-alice'), device_id: 'short' });
    expect(socket.received).toMatchObject([{ event: 'error', data: { code: 'bad_data' }, ref: 'r1' }]);
    expect(String(socket.received[0]?.data['message'])).toMatch(/^device_id: /);
    expect(socket.closeCodes).toEqual([4500]);
    expect(node.licenses.asked).toEqual([]);
  });

  it('too many contacts leave the socket open for another register', async () => {
    const { socket } = await register(identity('peer-alice', ['contact-1', 'contact-2', 'contact-3']));
    expect(socket.take()).toMatchObject([{ event: 'error', data: { code: 'contacts_limit' }, ref: 'r1' }]);
    expect([socket.closeCodes, node.licenses.asked]).toEqual([[], []]);
    socket.says('register', identity('peer-alice', ['contact-1', 'contact-2']));
    await settled();
    expect(socket.take()).toMatchObject([{ event: 'registered' }, { event: 'presence' }]);
  });

  it('an unreachable cluster is reported before the license is looked up', async () => {
    node.region.outage = true;
    const { socket } = await register(identity('peer-alice'));
    expect([socket.closeCodes, node.licenses.asked]).toEqual([[4005], []]);
  });

  it('a key that was refused too often is not looked up again', async () => {
    node.licenses.verdict = () => refused('license_invalid');
    // Any text with valid check characters is a key.
    const key = { license_key: 'WR1-00000-00000-00000-00000-00000-00000' };
    for (let i = 0; i < 3; i += 1) await register({ ...identity('peer-alice'), ...key });
    const { socket } = await register({ ...identity('peer-alice'), ...key });
    expect(socket.received).toMatchObject([{ data: { code: 'rate_limited' } }]);
    expect(socket.received[0]?.data['retry_after_ms']).toBeGreaterThan(0);
    expect(closeCodesOf(socket)).toEqual([4003]);
    expect(node.licenses.asked).toHaveLength(3);
  });

  it('a malformed key is refused before any back end is queried, and counts for no limit however often it arrives', async () => {
    for (let i = 0; i < 6_000; i += 1) {
      const { socket } = node.connect();
      socket.says('register', { ...identity('peer-mallory'), license_key: 'x' });
    }
    const { socket } = await refusedRegister({ ...identity('peer-mallory'), license_key: 'x' });
    expect(socket.received).toMatchObject([{ event: 'error', data: { code: 'license_invalid' } }]);
    expect([closeCodesOf(socket), node.licenses.asked]).toEqual([[4501], []]);
    const alice = await register(identity('peer-alice'));
    expect(alice.socket.received).toMatchObject([{ event: 'registered' }]);
  });

  it('the owner of a license is looked up however often others are refused with its key', async () => {
    await register(identity('peer-alice'));
    node.licenses.verdict = () => refused('license_device_limit');
    for (let i = 0; i < 5; i += 1) await register(identity(`peer-thief-${i}`));
    for (let i = 0; i < 5; i += 1) await register(identity('peer-thief'));
    node.licenses.verdict = () => accepted(LICENSE);
    const { socket } = await register(identity('peer-alice'));
    expect(socket.received).toMatchObject([{ event: 'registered' }]);
  });

  it('a refusal counts for its source even if the client disconnects before the refusal', async () => {
    const verdict = Promise.withResolvers<Verdict>();
    node.licenses.verdict = () => verdict.promise;
    const rules = {
      connectRate: 0,
      connectBurst: 1,
      unregistered: 9,
      refusalsPerMinute: 1,
      onLimited: () => undefined,
    };
    const source = new Source('192.0.2.1', rules);
    const { socket } = node.connect(source);
    socket.says('register', identity('peer-alice'));
    await settled();
    expect(source.unregistered).toBe(1);
    socket.vanishes();
    verdict.resolve(refused('license_invalid'));
    await settled();
    expect(source.unregistered).toBe(0);
    expect(source.lookupWaitMs(false, performance.now())).toBeGreaterThan(0);
  });

  it('the quota of a peer is used only after its license was accepted', async () => {
    node.licenses.verdict = () => refused('peer_id_taken');
    for (let i = 0; i < 2; i += 1) await register(identity('peer-alice'));
    const { verdict } = node.licenses;
    expect(verdict()).toMatchObject({ outcome: 'refused' });
    node.licenses.verdict = () => ({ outcome: 'accepted', licenseId: 'license-1' as never });
    const clients = [];
    for (let i = 0; i < 3; i += 1) clients.push(await register(identity('peer-alice')));
    expect(clients.map(({ socket }) => socket.received[0]?.event)).toEqual(['registered', 'registered', 'error']);
    expect(closeCodesOf(...clients.map(({ socket }) => socket))).toEqual([4503, 4003]);
  });
});

describe('A refused license', () => {
  const codes: [RefusalCode, number][] = [
    ['license_invalid', 4501],
    ['license_revoked', 4501],
    ['license_expired', 4501],
    ['license_device_limit', 4501],
    ['license_transfer_too_soon', 4501],
    ['license_identity_mismatch', 4502],
    ['peer_id_taken', 4502],
    ['license_unavailable', 4004],
  ];
  it.each(codes)('with %s closes the connection with %i', async (code, closeCode) => {
    node.licenses.verdict = () => refused(code);
    const { socket } = await refusedRegister(identity('peer-alice'));
    expect(socket.received).toMatchObject([{ event: 'error', data: { code, event: 'register' }, ref: 'r1' }]);
    expect(socket.closeCodes).toEqual([closeCode]);
    expect(node.verdicts).toEqual([code]);
  });

  it.each(['malformed', 'never issued'])('is answered after its pace, not at once: %s', async (kind) => {
    node.licenses.verdict = () => refused('license_invalid');
    const pace = jest.spyOn(RefusalPace.prototype, 'paceMs', 'get').mockReturnValue(1_000);
    const license_key = kind === 'malformed' ? 'x' : 'WR1-00000-00000-00000-00000-00000-00000';
    const { socket } = await register({ ...identity('peer-alice'), license_key });
    expect(socket.received).toEqual([]);
    await eventually('it is refused', () => socket.received.length > 0);
    expect(closeCodesOf(socket)).toEqual([4501]);
    pace.mockRestore();
  });

  it('counts for no limit if the database is unavailable, and the answer has a retry delay', async () => {
    node.licenses.verdict = () => refused('license_unavailable');
    for (let i = 0; i < 5; i += 1) {
      const { socket } = await register(identity('peer-alice'));
      expect(socket.closeCodes).toEqual([4004]);
      expect(socket.closes[0]?.reason).toBe(`retry_after_ms=${String(socket.received[0]?.data['retry_after_ms'])}`);
    }
  });

  it('has the retry delay of the license queue in the error and in the close reason if the queue is too long', async () => {
    node.licenses.verdict = () => unavailable(7_531);
    const { socket } = await register(identity('peer-alice'));
    expect(socket.received).toMatchObject([{ data: { code: 'license_unavailable', retry_after_ms: 7_531 } }]);
    expect(socket.closes).toEqual([{ code: 4004, reason: 'retry_after_ms=7531' }]);
  });
});

describe('A register with a transfer flag', () => {
  it.each([
    [true, true],
    [false, false],
    [undefined, false],
  ])('%p requests a transfer from the license module: %p', async (transfer, wantsTransfer) => {
    await register({ ...identity('peer-alice'), transfer });
    expect(node.licenses.asked).toMatchObject([{ peer: 'peer-alice', wantsTransfer }]);
  });

  it.each([
    [1, '1 day'],
    [12, '12 days'],
  ])('that is %i days too soon is refused with %s in the message and without a retry delay', async (days, words) => {
    node.licenses.verdict = () => transferTooSoon(days);
    const { socket } = await refusedRegister({ ...identity('peer-alice'), transfer: true });
    const message = `This license was moved to another device lately. It can be moved again in ${words}.`;
    const data = { code: 'license_transfer_too_soon', event: 'register', message };
    expect(socket.received).toEqual([{ event: 'error', data, ref: 'r1' }]);
    expect(socket.closes).toMatchObject([{ code: 4501, reason: 'license_transfer_too_soon' }]);
  });

  it('is malformed if the flag is neither true nor false', async () => {
    const { socket } = await register({ ...identity('peer-alice'), transfer: 'yes' });
    expect(socket.received).toMatchObject([{ event: 'error', data: { code: 'bad_data' } }]);
    expect(socket.closeCodes).toEqual([4500]);
  });
});

describe('A register that fails because of a fault of the server', () => {
  it('is answered internal with its ref and closed, so that it does not stay unregistered', async () => {
    node.licenses.verdict = () => Promise.reject(new Error('a fault of WR1-SECRET'));
    const { socket } = await register(identity('peer-alice'));
    expect(socket.received).toMatchObject([
      { event: 'error', data: { code: 'internal', event: 'register' }, ref: 'r1' },
    ]);
    expect(socket.closeCodes).toEqual([4005]);
    expect(node.connections.unregistered).toBe(0);
  });
});

it('A client that disconnects while its license is looked up leaves no state', async () => {
  const verdict = Promise.withResolvers<never>();
  node.licenses.verdict = () => verdict.promise;
  const { socket } = await register(identity('peer-alice'));
  socket.vanishes();
  verdict.resolve({ outcome: 'accepted', licenseId: 'license-1' } as never);
  await settled();
  expect([socket.received, node.hub.size, node.routes.size]).toEqual([[], 0, 0]);
});
