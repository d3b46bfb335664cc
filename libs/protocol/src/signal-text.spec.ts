import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signalText } from './signal-text.js';

const frame = (signal: string) => `{"event":"signal","data":{"call_id":"call-0001","signal":${signal}},"ref":"r"}`;

describe('the text of a signal', () => {
  it.each([
    ['an empty object', '{}'],
    ['numbers that JSON would write otherwise', '{"a":1.0,"b":1e2,"c":123456789012345678901234567890,"d":-0.0}'],
    ['escapes that JSON would write otherwise', '{"a":"\\u0041\\/","b":"\\ud800"}'],
    ['blanks', '{ "a" :\t[ 1 ,\r\n2 ] }'],
    ['names that stand twice', '{"a":1,"a":2}'],
    ['names of the prototype', '{"__proto__":{"a":1},"constructor":{}}'],
    ['brackets and quotes in strings', '{"a":"}{][\\"","b":"\\\\","c":"\\\\\\""}'],
  ])('is kept as it came: %s', (_, signal) => {
    expect(signalText(frame(signal))).toBe(signal);
  });

  it('is that of the last signal where there are two', () => {
    expect(signalText('{"data":{"signal":{"a":1},"signal":{"a":2}}}')).toBe('{"a":2}');
  });

  it('is that of the last data where there are two, whatever the first was', () => {
    expect(signalText('{"data":7 ,"data":{"signal":{"a":1}},"data":{"signal":{"b":2}}}')).toBe('{"b":2}');
    expect(signalText('{"data":[{"signal":{}}],"data":{"signal":{"b":2}}}')).toBe('{"b":2}');
  });

  it('is found under names written with escapes', () => {
    expect(signalText('{"d\\u0061ta":{"\\u0073ignal":{"a":1}}}')).toBe('{"a":1}');
    expect(signalText('{"data":{"signal":{"a":1},"sign\\u0061l":{"a":2}}}')).toBe('{"a":2}');
  });

  it('is not taken from elsewhere in the frame', () => {
    expect(
      signalText('{"signal":{"no":1},"x":{"signal":{"no":2}},"data":{"y":{"signal":{"no":3}},"signal":{"yes":1}}}'),
    ).toBe('{"yes":1}');
  });

  it('means the same as JSON.parse for any frame, however it is written', () => {
    const members = fc.array(fc.tuple(fc.constantFrom('call_id', 'signal', 'data', 'x', 'a"\\'), fc.jsonValue()), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        members,
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        (others, signal, indent) => {
          const inner = [...others, ['signal', signal] as const];
          const data = `{${inner.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value, null, indent)}`).join(' , ')}}`;
          const text = `{"data":${JSON.stringify(others)},"event":"signal", "data" : ${data} }`;
          expect(JSON.parse(signalText(text))).toEqual((JSON.parse(text) as { data: { signal: unknown } }).data.signal);
          expect(text).toContain(signalText(text));
        },
      ),
    );
  });
});
