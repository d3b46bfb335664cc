import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { frameEdges } from './frame-edges.js';
import { parseFrame } from './frame.js';

const edges = (text: string) => frameEdges(text.slice(0, 128), text.slice(-128));
const filling = 'x'.repeat(1_000);

describe('frameEdges', () => {
  it.each([
    ['{"event":"signal","data":{"a":"FILLING"},"ref":"r1"}', { event: 'signal', ref: 'r1' }],
    ['{"event":"signal","ref":"r1","data":{"a":"FILLING"}}', { event: 'signal', ref: 'r1' }],
    ['{ "event" : "call" ,\n"data" : {"a":"FILLING"} , "ref" : "r1" }\n', { event: 'call', ref: 'r1' }],
    ['{"event":"signal","data":{"a":"FILLING"}}', { event: 'signal', ref: undefined }],
    ['{"data":{"a":"FILLING"},"event":"signal","ref":"r1"}', { event: '', ref: 'r1' }],
    ['{"event":"signal","data":{"a":"FILLING","ref":"no"}}', { event: 'signal', ref: undefined }],
    ['{"event":"signal","data":"FILLING,\\"ref\\":\\"no\\"}"}', { event: 'signal', ref: undefined }],
    ['{"event":"signal","data":{},"FILLING,\\"ref":"no"}', { event: 'signal', ref: undefined }],
    ['[FILLING', { event: '', ref: undefined }],
  ])('finds the event and the ref of %s', (text, expected) => {
    expect(edges(text.replace('FILLING', filling))).toEqual(expected);
  });

  it('never finds a ref that the frame does not have', () => {
    const piece = fc.constantFrom(
      '"ref"',
      '"ref":"a"',
      ',',
      '{',
      '}',
      ':',
      '"',
      '\\',
      'x',
      ' ',
      '"b"',
      '"event":"signal"',
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `{"event":"signal"${pieces.join('')}}`);
    fc.assert(
      fc.property(text, (frame) => {
        const parsed = parseFrame(frame);
        const { ref } = edges(frame);
        const repeats = frame.split('"ref"').length > 2;
        if (!('code' in parsed) && ref !== undefined && !repeats) expect(ref).toBe(parsed.ref);
      }),
      { numRuns: 5_000 },
    );
  });
});
