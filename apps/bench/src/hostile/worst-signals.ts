/** Frames of 64 KiB at the most. */
const FRAME_BYTES = 64 * 1024;

const HEAD = '{"event":"signal","data":{';
const TAIL = '}}';

/** The members of `data` in a `signal` that costs a reader the most for its bytes, or is ordinary. At most `bytes`. */
const SHAPES = {
  'SDP of 3 KB': () =>
    `"signal":${JSON.stringify({ sdp: 'a=candidate:1 1 UDP 2130706431 10.0.0.1 5000 typ host\r\n'.repeat(55) })}`,
  'empty signals': () => '"signal":{}',
  'long names': (bytes) => filled('"signal":{', (n) => `"${String(n).padStart(300, 'n')}":0`, '}', bytes),
  'long names beside the signal': (bytes) =>
    filled('', (n) => `"${String(n).padStart(12, 'n')}":0`, ',"signal":{}', bytes),
  'many members': (bytes) => filled('"signal":{', (n) => `"${n.toString(36)}":0`, '}', bytes),
  'many objects': (bytes) => filled('"signal":{"a":[', (n) => `{"${n.toString(36)}":0}`, ']}', bytes),
  'deep nesting': (bytes) => nested(Math.floor((bytes - 20) / 2)),
  'many numbers': (bytes) => filled('"signal":{"a":[', () => '1', ']}', bytes),
  'many escapes': (bytes) => `"signal":{"a":"${'a\\"'.repeat(Math.floor((bytes - 20) / 3))}"}`,
} as const satisfies Record<string, (bytes: number) => string>;

/** Name of such a shape. */
export type SignalShape = keyof typeof SHAPES;

export const SIGNAL_SHAPES = Object.keys(SHAPES) as SignalShape[];

/** The text of a `signal` of that shape for a call, as large as a frame may be. */
export function worstSignal(shape: SignalShape, call: string): string {
  const head = `${HEAD}"call_id":"${call}",`;
  return `${head}${SHAPES[shape](FRAME_BYTES - head.length - TAIL.length)}${TAIL}`;
}

/** `open`, then items parted by commas while they fit, then `close`: at most `bytes` in all. */
function filled(open: string, item: (n: number) => string, close: string, bytes: number): string {
  const items: string[] = [];
  let left = bytes - open.length - close.length;
  for (let n = 0; ; n += 1) {
    const text = item(n);
    left -= text.length + 1;
    if (left < 0) return `${open}${items.join(',')}${close}`;
    items.push(text);
  }
}

function nested(depth: number): string {
  return `"signal":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}
