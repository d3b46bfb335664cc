import { fuzz } from '@white-rabbit/testing/fuzz';
import {
  CallId,
  CanonicalSignal,
  CLIENT_EVENTS,
  isBadData,
  isClientEvent,
  parseFrame,
  readData,
  Ref,
  type RawFrame,
} from '@white-rabbit/protocol';

const canonical = new CanonicalSignal();
const text = (event: string, data?: object, ref?: string) => JSON.stringify({ event, data, ref });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `JSON.parse` reads from a frame; `undefined` if it is not a frame. */
function parsedByJson(input: string): { readonly event: string } | undefined {
  try {
    const value: unknown = JSON.parse(input);
    if (!isObject(value)) return undefined;
    // Without inherited members.
    const { event, data = {}, ref = 'r' } = { __proto__: null, ...value } as Record<string, unknown>;
    return typeof event === 'string' && isObject(data) && Ref.safeParse(ref).success ? { event } : undefined;
  } catch {
    return undefined;
  }
}

/** The data by the schema of the event, or why there is none. */
function read({ event, data }: RawFrame): string {
  if (!isClientEvent(event)) return 'unknown_event';
  const result = readData(event, data);
  return isBadData(result) ? `${event} ${result.message}` : `${event} accepted`;
}

fuzz({
  name: 'the text of a frame',
  cases: new URL('frame-parser.fuzz-cases/', import.meta.url),
  seeds: [
    text('register', {
      license_key: 'WR1-0000',
      device_id: 'device-0001',
      peer_id: 'peer-0001',
      contacts: ['peer-0002'],
      transfer: true,
      proof: { public_key: 'k'.repeat(43), signature: 's'.repeat(86) },
    }),
    text('contacts', { add: ['peer-0002'], remove: ['peer-0003'] }, 'r'),
    text('call', { peer_id: 'peer-0002', call_id: 'call-0001', resumes: 'call-0000' }, 'r'),
    text('accept', { call_id: 'call-0001' }),
    text('reject', { call_id: 'call-0001', reason: 'busy' }),
    text('signal', { call_id: 'call-0001', signal: { sdp: 'v=0\r\n', n: 1.5e3 } }, 'r'),
    text('hangup', { call_id: 'call-0001' }),
    text('established', { call_id: 'call-0001' }),
    text('heartbeat', { ack: true }),
  ],
  tokens: [
    ...Object.keys(CLIENT_EVENTS).map((event) => JSON.stringify(event)),
    '"event":',
    '"data":{',
    '"ref":',
    '"signal":{}',
    '"__proto__":{}',
    '\\u0065',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    'null',
    '1e9',
  ],
  run: (input) => {
    const frame = parseFrame(input);
    const expected = parsedByJson(input);
    const isWellFormed = !('code' in frame);
    if (isWellFormed !== (expected !== undefined)) throw new Error('JSON.parse decides otherwise about this frame.');
    if (expected !== undefined && frame.event !== expected.event) throw new Error('JSON.parse reads another event.');
    const word = isWellFormed ? read(frame) : frame.code;
    // The call id is not checked: one that is malformed is in no session, and then the frame is parsed.
    if (canonical.read(input) && CallId.safeParse(canonical.callId).success) {
      if (word !== 'signal accepted') throw new Error('The schema refuses a frame that was recognized as a signal.');
      if (!isWellFormed || frame.signal !== canonical.text) throw new Error('The signal was cut out otherwise.');
    }
    return word;
  },
});
