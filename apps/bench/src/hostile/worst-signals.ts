/** Shapes of JSON objects that cost a reader the most for their bytes, each as the text of a `signal`. */
export const WORST_SIGNALS = {
  'SDP of 3 KB': (): string =>
    JSON.stringify({ sdp: 'a=candidate:1 1 UDP 2130706431 10.0.0.1 5000 typ host\r\n'.repeat(55) }),
  'no members': (): string => '{}',
  'long names': (bytes: number): string => filled('{', (n) => `"${String(n).padStart(300, 'n')}":0`, '}', bytes),
  'many members': (bytes: number): string => filled('{', (n) => `"${n.toString(36)}":0`, '}', bytes),
  'many objects': (bytes: number): string => filled('{"a":[', (n) => `{"${n.toString(36)}":0}`, ']}', bytes),
  'deep nesting': (bytes: number): string => nested(Math.floor((bytes - 8) / 2)),
  'many numbers': (bytes: number): string => filled('{"a":[', () => '1', ']}', bytes),
  'many escapes': (bytes: number): string => `{"a":"${'a\\"'.repeat(Math.floor((bytes - 8) / 3))}"}`,
} as const satisfies Record<string, (bytes: number) => string>;

/** Name of such a shape. */
export type SignalShape = keyof typeof WORST_SIGNALS;

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
  return `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}
