import { describe, expect, it } from '@jest/globals';
import { parseFrame } from '@white-rabbit/protocol';
import { SIGNAL_SHAPES, worstSignal } from './worst-signals.js';

describe('The hostile signals', () => {
  it.each(SIGNAL_SHAPES)('(%s) are frames within the size that the protocol allows', (shape) => {
    const text = worstSignal(shape, 'call-0001');
    expect(parseFrame(text)).toMatchObject({
      event: 'signal',
      data: { call_id: 'call-0001' },
      signal: expect.any(String),
    });
    expect(text.length).toBeLessThanOrEqual(64 * 1024);
  });
});
