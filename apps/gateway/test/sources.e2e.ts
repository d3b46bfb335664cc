import { afterEach, describe, expect, it } from '@jest/globals';
import { generateLicenseKey } from '@white-rabbit/license';
import { eventually, reportFigure, within, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { Flood, registerFrame } from './flood.js';
import { RawSocket } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { BUSY_MS } from './settings.js';

/** A device that a gateway knows registers within this time, whatever other clients do. Milliseconds. */
const REGISTER_MS = 1_000 + BUSY_MS;
const FLOOD_MS = 60_000;
const KNOWN = 5;
/** A close that the client does not answer is cut after 5 s. Milliseconds. */
const CLOSE_MS = 8_000;
const FLOODER = '127.0.0.2';

const cluster = useCluster(1);
const floods: Flood[] = [];

afterEach(async () => {
  await Promise.all(floods.splice(0).map((flood) => flood.stop()));
});

function flood(port: number, frame: () => Buffer, from = FLOODER): Flood {
  const started = new Flood(port, from, frame);
  floods.push(started);
  return started;
}

/** Registers again from a new connection within the time limit. Resolves with what it took, in ms. */
async function registersInTime({ identity }: TestPeer, at: number): Promise<number> {
  const start = performance.now();
  const join = async () => {
    const peer = await cluster.connectAs(identity, at);
    await peer.join();
    await peer.close();
  };
  await within('a known device registers', REGISTER_MS, join());
  return Math.round(performance.now() - start);
}

const garbage = () => registerFrame('x');

describe('A known device', () => {
  it('registers within 1 s while one client at its own address sends 6,000 registers with a malformed key, and afterwards', async () => {
    // Both are at one address: the rate of connections is not part of this test.
    const at = await gatewayWith({ WR_CONNECT_RATE: '2000' });
    const known = await Promise.all(Array.from({ length: KNOWN }, () => cluster.peer('alice', { at })));
    const { port } = cluster.gateway(at);
    const sent = flood(port, garbage, '127.0.0.1');
    let slowest = 0;
    for (let answered = 0; answered <= 6_000; answered += 1_000) {
      await eventually(`${answered} registers were answered`, () => sent.answered >= answered, {
        deadlineMs: FLOOD_MS,
      });
      for (const device of known) slowest = Math.max(slowest, await registersInTime(device, at));
    }
    await sent.stop();
    for (const device of known) slowest = Math.max(slowest, await registersInTime(device, at));
    reportFigure('garbage registers of one source', sent.answered, '', { atLeast: 6_000 });
    reportFigure(`slowest of ${8 * KNOWN} registers of known devices`, slowest, 'ms', { atMost: REGISTER_MS });
  }, 180_000);

  it('registers within 1 s while another address sends connections and registers faster than the gateway accepts them', async () => {
    const at = await gatewayWith({ WR_CONNECT_RATE: '200' });
    const { port } = cluster.gateway(at);
    const alice = await cluster.peer('alice', { at });
    const sent = flood(port, garbage);
    await eventually('the flood is beyond its limit', () => sent.refused >= 200, { deadlineMs: FLOOD_MS });
    const [start, connections] = [performance.now(), sent.connections];
    let slowest = 0;
    for (let n = 0; n < 5; n += 1) slowest = Math.max(slowest, await registersInTime(alice, at));
    const refused = sent.refused;
    await eventually('the flood goes on', () => sent.refused > refused);
    const aSecond = ((sent.connections - connections) / (performance.now() - start)) * 1_000;
    reportFigure('connections a second of one source', Math.round(aSecond), '', { stated: 2_000 });
    reportFigure('slowest register of a known device meanwhile', slowest, 'ms', { atMost: REGISTER_MS });
  }, 180_000);

  it('registers within 1 s at the address of a client whose guesses are limited, and so does a new device at another address', async () => {
    const at = await gatewayWith({ WR_REFUSALS_PER_GATEWAY: '100', WR_SOURCE_REFUSALS: '50' });
    const { port } = cluster.gateway(at);
    const alice = await cluster.peer('alice', { at, socket: { localAddress: FLOODER } });
    const sent = flood(port, () => registerFrame(generateLicenseKey()));
    await eventually('guesses are limited', () => sent.limited >= 50, { deadlineMs: FLOOD_MS });
    const again = await cluster.connectAs(alice.identity, at, { socket: { localAddress: FLOODER } });
    await within('a known device registers', REGISTER_MS, again.join());
    await cluster.peer('bob', { at });
  }, 180_000);
});

describe('A source at its limit of unregistered connections', () => {
  it('gets more in exchange for its own silent ones, and closes no connection of other sources', async () => {
    const at = await gatewayWith({
      WR_SOURCE_MAX_UNREGISTERED: '50',
      WR_MAX_UNREGISTERED: '60',
      WR_REGISTER_TIMEOUT_SECONDS: '60',
    });
    const gateway = cluster.gateway(at);
    const newClient = await cluster.connect('alice', { at });
    const held: RawSocket[] = [];
    for (let n = 0; n < 100; n += 1) held.push(await RawSocket.upgraded(gateway.port, { from: FLOODER }));
    await Promise.all(held.slice(0, 50).map((socket) => socket.closed(CLOSE_MS)));
    expect(held.map(({ closeCode }) => closeCode)).toEqual(
      Array.from({ length: 100 }, (_, n) => (n < 50 ? 1013 : undefined)),
    );
    expect(readScrape(await gateway.metrics()).sum('wr_unregistered_connections')).toBe(51);
    await newClient.join();
    for (const socket of held) socket.reset();
  });
});

/** Starts a gateway for one test. Resolves with its number. */
async function gatewayWith(env: Record<string, string>): Promise<number> {
  await cluster.add(env);
  return cluster.gateways.length - 1;
}
