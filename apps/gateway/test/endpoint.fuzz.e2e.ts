import { CLOSE_CODES } from '@white-rabbit/protocol';
import { within, type TestPeer } from '@white-rabbit/testing';
import { fuzz } from '@white-rabbit/testing/fuzz';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { CLOSE, PING, RawSocket, rawFrame, TEXT } from './raw-socket.js';
import { GENEROUS } from './settings.js';
import { HANDSHAKE } from './upgrade-request.js';

const cluster = useCluster(1, { env: GENEROUS });
/** The last one that was started serves. */
const gateway = () => cluster.gateway(cluster.gateways.length - 1);

/** An input without an answer by then, such as half a frame, is left to the deadlines of the gateway. */
const ANSWER_MS = 30;
const BYSTANDER_MS = 5_000;

let bystander: TestPeer | undefined;

/** Fails if the gateway has stopped to serve the others. */
async function expectServed(): Promise<void> {
  if (bystander?.socket.readyState !== WebSocket.OPEN)
    bystander = await cluster.peer('bystander', { at: cluster.gateways.length - 1 });
  await within('the gateway serves another client', BYSTANDER_MS, bystander.roundTrip());
}

/** Gives an input to a gateway. If it ends the gateway or blocks it, another one is there for the next input. */
async function atGateway(run: (port: number) => Promise<string>): Promise<string> {
  try {
    return await run(gateway().port);
  } catch (failure) {
    const status = await gateway()
      .health('livez')
      .catch(() => 0);
    if (status !== 200) {
      await gateway().kill();
      await cluster.add();
    }
    throw failure;
  }
}

/** What the gateway has sent on a connection, as characters. */
async function answerTo(raw: RawSocket, input: string): Promise<string> {
  raw.send(Buffer.from(input, 'latin1'));
  await raw.receivesBytes(ANSWER_MS).catch(() => undefined);
  const { received } = raw;
  raw.reset();
  return received;
}

/** Codes of RFC 6455, section 7.4.1, that a gateway uses: a violation of the protocol, a text that is not UTF-8. */
const CLOSES: ReadonlySet<number> = new Set([1000, 1002, 1007, ...Object.values(CLOSE_CODES)]);

/** The kinds of the frames that a gateway has sent. @throws Error if they are not whole frames of a server. */
function framesIn(characters: string): string {
  const bytes = Buffer.from(characters, 'latin1');
  const kinds: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at + 1] === 126 ? bytes.readUInt16BE(at + 2) : (bytes[at + 1] ?? 0);
    const start = at + (bytes[at + 1] === 126 ? 4 : 2);
    if (length > 127 + 0xffff || start + length > bytes.length) throw new Error('The gateway sent half a frame.');
    kinds.push(kindOf(bytes[at] ?? 0, bytes.subarray(start, start + length)));
    at = start + length;
  }
  return kinds.slice(0, 4).join(' ');
}

function kindOf(first: number, payload: Buffer): string {
  if (first === CLOSE) {
    const code = payload.length < 2 ? 1000 : payload.readUInt16BE(0);
    if (!CLOSES.has(code)) throw new Error(`The gateway closed with ${code}.`);
    return `close ${code}`;
  }
  if (first !== TEXT) return `opcode ${first & 0x0f}`;
  const { event, data } = JSON.parse(payload.toString()) as { event: string; data: { code?: string } };
  return data.code ?? event;
}

const bytesOf = (frame: Buffer) => frame.toString('latin1');
const event = (name: string, data: object = {}) =>
  bytesOf(rawFrame(TEXT, Buffer.from(JSON.stringify({ event: name, data, ref: 'r' }))));

fuzz({
  name: 'the bytes after the handshake',
  cases: new URL('frame-bytes.fuzz-cases/', import.meta.url),
  seeds: [
    event('heartbeat'),
    event('register', { license_key: 'WR1-0000', device_id: 'device-0001', peer_id: 'peer-0001' }),
    bytesOf(rawFrame(PING, Buffer.from('ping'))),
    bytesOf(rawFrame(CLOSE, Buffer.from([0x03, 0xe8]))),
    bytesOf(rawFrame(0x01, Buffer.from('{"event":'))) + bytesOf(rawFrame(0x80, Buffer.from('"heartbeat"}'))),
    bytesOf(rawFrame(TEXT, Buffer.alloc(200, 0x20))),
  ],
  tokens: ['\x81', '\x88\x82', '\x89\x80', '\xff', '\xfe', '\x00', '\x7f', '\xc1', '\x01\x81', '\xc3\x28', '"event"'],
  run: (input) =>
    atGateway(async (port) => {
      const kinds = framesIn(await answerTo(await RawSocket.upgraded(port), input));
      await expectServed();
      return kinds;
    }),
});

const STATUSES: ReadonlySet<string> = new Set([
  '101',
  '400',
  '403',
  '404',
  '405',
  '408',
  '413',
  '417',
  '431',
  '501',
  '503',
]);

const request = (line: string, headers: Readonly<Record<string, string>>) =>
  [line, ...Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  );

fuzz({
  name: 'the request of an upgrade',
  cases: new URL('upgrade.fuzz-cases/', import.meta.url),
  seeds: [
    request('GET /ws HTTP/1.1', HANDSHAKE),
    request('GET /ws?a=b HTTP/1.1', {
      ...HANDSHAKE,
      'sec-websocket-protocol': 'white-rabbit.v1.proof, white-rabbit.v1',
    }),
    request('GET /ws HTTP/1.1', { ...HANDSHAKE, origin: 'https://example.org', 'x-forwarded-for': '192.0.2.1' }),
    request('POST / HTTP/1.1', { 'content-length': '2' }) + '{}',
  ],
  tokens: [
    '\r\n',
    '\n',
    ': ',
    '/',
    '//',
    '[',
    'http://[',
    '%',
    '\0',
    'Upgrade',
    'h2c',
    'Host: [',
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 5\r\n',
    'Expect: 100-continue\r\n',
    'HTTP/1.0',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'x-a: b\r\n',
  ],
  run: (input) =>
    atGateway(async (port) => {
      const answer = await answerTo(await RawSocket.open(port), input);
      await expectServed();
      if (answer === '') return 'no answer';
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? '';
      if (!STATUSES.has(status)) throw new Error(`The gateway answered ${answer.slice(0, 80)}`);
      return status;
    }),
});
