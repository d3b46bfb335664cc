import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { parseFrame, type RawFrame } from './frame.js';

const frame = (signal: string) => `{"event":"signal","data":{"call_id":"call-0001","signal":${signal}},"ref":"r"}`;

/** @throws Error if the frame is malformed. */
function wellFormed(text: string): RawFrame {
  const result = parseFrame(text);
  if ('code' in result) throw new Error('The frame is malformed.');
  return result;
}

/** The text of the signal in a frame with these members. */
const signalIn = (members: string) => wellFormed(`{${members},"event":"signal"}`).signal;

describe('The text of a signal in a frame', () => {
  it.each([
    ['an empty object', '{}'],
    ['numbers that JSON would write otherwise', '{"a":1.0,"b":1e2,"c":123456789012345678901234567890,"d":-0.0}'],
    ['escapes that JSON would write otherwise', '{"a":"\\u0041\\/","b":"\\ud800"}'],
    ['blanks', '{ "a" :\t[ 1 ,\r\n2 ] }'],
    ['names that stand twice', '{"a":1,"a":2}'],
    ['names of the prototype', '{"__proto__":{"a":1},"constructor":{}}'],
    ['brackets and quotes in strings', '{"a":"}{][\\"","b":"\\\\","c":"\\\\\\""}'],
    ['long strings', `{"${'n\\\\'.repeat(20)}":"${'x\\"'.repeat(20)}","b":"${'y'.repeat(40)}\\\\"}`],
  ])('is unchanged: %s', (_, signal) => {
    expect(wellFormed(frame(signal)).signal).toBe(signal);
  });

  it('is that of the last signal if the name is repeated', () => {
    expect(signalIn('"data":{"signal":{"a":1},"signal":{"a":2}}')).toBe('{"a":2}');
    expect(signalIn('"data":{"signal":{"a":1},"signal":2}')).toBeUndefined();
  });

  it('is that of the last data if the name is repeated', () => {
    expect(signalIn('"data":7 ,"data":{"signal":{"a":1}},"data":{"signal":{"b":2}}')).toBe('{"b":2}');
    expect(signalIn('"data":[{"signal":{}}],"data":{"signal":{"b":2}}')).toBe('{"b":2}');
    expect(signalIn('"data":{"signal":{"a":1}},"data":{}')).toBeUndefined();
  });

  it('is found under names with escape sequences', () => {
    expect(signalIn('"d\\u0061ta":{"\\u0073ignal":{"a":1}}')).toBe('{"a":1}');
    expect(signalIn('"data":{"signal":{"a":1},"sign\\u0061l":{"a":2}}')).toBe('{"a":2}');
  });

  it('is not read from another place in the frame', () => {
    expect(
      signalIn('"signal":{"no":1},"x":{"signal":{"no":2}},"data":{"y":{"signal":{"no":3}},"signal":{"yes":1}}'),
    ).toBe('{"yes":1}');
  });
});

/** Names of parts and fields, and others, plain or with an escape. */
const name = fc
  .constantFrom('event', 'ref', 'data', 'signal', 'call_id', 'add', 'reason', 'contacts', 'x', 'a"\\', '__proto__', '')
  .chain((plain) => fc.constantFrom(JSON.stringify(plain), JSON.stringify(plain).replace('a', '\\u0061')));
const blank = fc.constantFrom('', '', ' ', '\t\r\n ');
const scalarText = fc.oneof(
  fc.constantFrom('1.0', '-0', '1e9', '1E-7', 'true', 'false', 'null', '[]', '{}', '"\\u0041\\/\\n"', '["a",1]'),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.json({ maxDepth: 3 }),
);

function objectText(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const member = fc.tuple(blank, name, blank, blank, value, blank).map(([a, key, b, c, text, d]) => {
    return `${a}${key}${b}:${c}${text}${d}`;
  });
  return fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(',')}}`);
}

const frameText = objectText(fc.oneof(scalarText, objectText(fc.oneof(scalarText, objectText(scalarText)))));

const isObject = (value: unknown): value is Record<string, unknown> => {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
};

/** The result of `JSON.parse` without inherited members; `undefined` if the text is not a JSON object. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? own(value) : undefined;
  } catch {
    return undefined;
  }
}

function own(value: object): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

/** Much faster than `expect` for values that are the same. */
function expectSame(value: unknown, expected: unknown): void {
  if (!Object.is(value, expected)) expect(value).toEqual(expected);
}

/** Compares frames with these members with the result of `JSON.parse`; most are well-formed if the text is JSON. */
function expectSameAsParse(text: string): void {
  compare(text);
  for (const event of ['signal', 'contacts']) compare(text.replace('{', `{"event":"${event}",`));
}

function compare(text: string): void {
  const frame = parseFrame(text);
  const { event, ref, data } = parsed(text) ?? {};
  const validRef = typeof ref === 'string' && ref.length >= 1 && ref.length <= 64 ? ref : undefined;
  const isWellFormed =
    typeof event === 'string' &&
    (data === undefined || isObject(data)) &&
    (ref === undefined || validRef !== undefined);
  expectSame('code' in frame, !isWellFormed);
  expectSame(frame.ref, validRef);
  expectSame(frame.event, typeof event === 'string' ? event.slice(0, 64) : '');
  if ('code' in frame) return;
  expectSame(frame.data === undefined, data === undefined);
  expectSameData(text, frame, isObject(data) ? own(data) : {});
}

function expectSameData(
  text: string,
  { data = {}, signal }: RawFrame,
  expected: Readonly<Record<string, unknown>>,
): void {
  for (const field of ['call_id', 'add', 'reason', 'contacts', 'signal']) {
    const value = expected[field];
    if (typeof value !== 'object' || value === null) expectSame(data[field], value);
    else expectSame(Array.isArray(data[field]), Array.isArray(value));
  }
  if (isObject(expected['signal'])) {
    expect(text).toContain(signal);
    expect(JSON.parse(signal ?? '')).toEqual(expected['signal']);
  } else expectSame(signal, undefined);
}

describe('parseFrame', () => {
  it('returns the same values as JSON.parse for every spelling of a frame', () => {
    fc.assert(fc.property(frameText, expectSameAsParse), { numRuns: 2_000 });
  });

  it('rejects a text exactly if JSON.parse rejects it', () => {
    const harm = fc.tuple(
      fc.nat(),
      fc.nat(3),
      fc.constantFrom('', '"', '\\', ',', '}', ']', '0', '-', '.', 'e', '\n', '\0', 'u'),
    );
    const harmed = fc.tuple(frameText, harm).map(([text, [place, length, more]]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + more + text.slice(at + length);
    });
    fc.assert(fc.property(harmed, expectSameAsParse), { numRuns: 5_000 });
  });

  it.each([
    '1',
    '{} ',
    ' {}',
    '{}x',
    '\ufeff{}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":-}',
  ])('agrees with JSON.parse on %j', (text) => {
    expectSameAsParse(text);
  });

  it.each([
    ...['{"a":"\\x"}', '{"a":"\\u12g4"}', '{"a":"\\u12"}', '{"a":"\n"}', `{"a":"${'x'.repeat(30)}\n"}`, '{"a":"\\'],
    ...[`{"a":"${'x'.repeat(30)}\\x"}`, `{"a":"${'x'.repeat(30)}`, '{"a":"\u007f\u2028"}', '{"a":tru}', '{"a":nullx}'],
    ...['{"a" 1}', '{"a":1,}', '{,}', '{"a":[1,]}', '{"a":[}', '{"a":{]}', '{"a":[1 2]}', '{a:1}', "{'a':1}"],
    ...['{"a":\v1}', '{"a":\u00a01}', '{"data":{"add":["a",]}}', '{"data":{"add":["a" "b"]}}', '{"a":1}}'],
  ])('agrees with JSON.parse on %j, inside and outside of a string', (text) => {
    expectSameAsParse(text);
  });

  it('returns the lists of an event up to the first item that is not a string', () => {
    const data = (text: string, event = 'contacts') => {
      return wellFormed(`{"event":"${event}","data":${text}}`).data;
    };
    expect(data('{"add":["a", "\\u0062"],"remove":[]}')).toEqual({ add: ['a', 'b'], remove: [] });
    expect(data('{"add":["a",{"b":1},"c"]}')).toEqual({ add: ['a', null] });
    expect(data('{"contacts":[1]}', 'register')).toEqual({ contacts: [null] });
    expect(data('{"add":["a"]}', 'signal')).toEqual({ add: [] });
  });
});

const BYTES = 64 * 1024;

/** Frames of full size, each expensive to read for one reason. */
const WORST: Readonly<Record<string, string>> = {
  'long names': frame(`{${filled((n) => `"${String(n).padStart(300, 'n')}":0`)}}`),
  'long names, and a backslash at the end': frame(`{${filled((n) => `"${String(n).padStart(60, 'n')}":0`)},"a":"\\n"}`),
  'long names beside the signal': `{"event":"signal","data":{${filled((n) => `"${String(n).padStart(12, 'n')}":0`)},"signal":{}}}`,
  'long names beside the data': `{${filled((n) => `"${String(n).padStart(12, 'n')}":0`)},"event":"signal","data":{"signal":{}}}`,
  'many members': frame(`{${filled((n) => `"${n.toString(36)}":0`)}}`),
  'empty names': frame(`{${filled(() => '"":0')}}`),
  'many objects': frame(`{"a":[${filled((n) => `{"${n.toString(36)}":0}`)}]}`),
  'deep nesting': frame(`{"a":${'['.repeat(BYTES / 2 - 60)}${']'.repeat(BYTES / 2 - 60)}}`),
  'many escaped quotes': frame(`{"a":"${'\\"'.repeat(BYTES / 2 - 60)}"}`),
  'strings that end in a row of backslashes': frame(`{"a":[${filled(() => `"${'\\\\'.repeat(40)}"`)}]}`),
  'many numbers': frame(`{"a":[${filled(() => '1')}]}`),
  blanks: frame(`{${' '.repeat(BYTES - 100)}}`),
  'a string without an end': `{"event":"${'\\"x'.repeat(BYTES / 3)}`,
  'names of parts with escapes': `{${filled(() => '"d\\u0061ta":{"sign\\u0061l":{}}')}}`,
};

function filled(item: (n: number) => string): string {
  const items: string[] = [];
  for (let n = 0, left = BYTES - 100; left > 0; n += 1) {
    const text = item(n);
    left -= text.length + 1;
    if (left > 0) items.push(text);
  }
  return items.join(',');
}

/** Counts the characters that string methods and JSON.parse read while `work` runs. */
function charactersLookedAt(work: () => void): number {
  let looked = 0;
  /* eslint-disable @typescript-eslint/unbound-method -- they are called on the text again */
  const { charCodeAt, indexOf, includes, slice, startsWith } = String.prototype;
  /* eslint-enable @typescript-eslint/unbound-method */
  const { parse } = JSON;
  const countSearch = (text: string, search: string, from: number) => {
    const found = indexOf.call(text, search, from);
    looked += (found < 0 ? text.length : found) - from + 1;
    return found;
  };
  // Plain functions: a mock keeps every call.
  const counting: Pick<string, 'charCodeAt' | 'indexOf' | 'includes' | 'startsWith' | 'slice'> & ThisType<string> = {
    charCodeAt(at) {
      looked += 1;
      return charCodeAt.call(this, at);
    },
    indexOf(search, from = 0) {
      return countSearch(this, search, from);
    },
    includes(search, from = 0) {
      countSearch(this, search, from);
      return includes.call(this, search, from);
    },
    startsWith(search, from) {
      looked += search.length;
      return startsWith.call(this, search, from);
    },
    slice(start, end) {
      const part = slice.call(this, start, end);
      looked += part.length;
      return part;
    },
  };
  Object.assign(String.prototype, counting);
  JSON.parse = (text: string) => {
    looked += text.length;
    return parse(text) as unknown;
  };
  try {
    work();
  } finally {
    Object.assign(String.prototype, { charCodeAt, indexOf, includes, slice, startsWith });
    JSON.parse = parse;
  }
  return looked;
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('The number of character reads of parseFrame', () => {
  /** Of 64 KiB; the worst of them takes 7. */
  const LOOKS = 10;

  it.each(Object.entries(WORST))('is bounded for a frame with %s', (_, text) => {
    const looked = charactersLookedAt(() => parseFrame(text));
    expect(text.length).toBeGreaterThan(BYTES / 2);
    expect(looked / text.length).toBeLessThan(LOOKS);
  });

  it('is bounded for any frame', () => {
    fc.assert(
      fc.property(frameText, (text) => charactersLookedAt(() => parseFrame(text)) < LOOKS * text.length + 100),
      { numRuns: 300 },
    );
  });

  it('does not create values of a signal', () => {
    const made: string[] = [];
    const { parse } = JSON;
    jest.spyOn(JSON, 'parse').mockImplementation((text) => {
      made.push(text);
      return parse(text) as unknown;
    });
    parseFrame(frame('{"a":[{"b":1},{"c":2}],"d":"short"}'));
    expect(made).toEqual(['"signal"', '"r"', '"call-0001"']);
  });
});
