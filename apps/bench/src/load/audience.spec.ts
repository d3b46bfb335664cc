import { describe, expect, it } from '@jest/globals';
import { Audience } from './audience.js';

describe('Audience', () => {
  it('times a change by its last watcher', () => {
    const audience = new Audience(3);
    audience.expect('a', 100);
    audience.received('a', 110);
    audience.received('a', 115);
    expect([audience.latenciesMs, audience.missing]).toEqual([[], 1]);
    audience.received('a', 140);
    expect([audience.latenciesMs, audience.missing]).toEqual([[40], 0]);
  });

  it('keeps changes that overlap apart, sorts their times, and ignores other frames', () => {
    const audience = new Audience(2);
    audience.expect('a', 0);
    audience.expect('b', 10);
    for (const [frame, atMs] of [
      ['a', 11],
      ['b', 12],
      ['c', 13],
      ['a', 30],
      ['b', 31],
    ] as const)
      audience.received(frame, atMs);
    expect(audience.latenciesMs).toEqual([21, 30]);
  });

  it('counts missing frames until it is cleared', () => {
    const audience = new Audience(4);
    audience.expect('a', 0);
    audience.received('a', 1);
    expect(audience.missing).toBe(3);
    audience.clear();
    audience.received('a', 2);
    expect([audience.latenciesMs, audience.missing]).toEqual([[], 0]);
  });
});
