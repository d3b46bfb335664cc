import { describe, expect, it, jest } from '@jest/globals';
import { Emitter } from './emitter.js';

class Bell extends Emitter<{ ring: number; tick: string }> {
  ring(times: number): void {
    this.emit('ring', times);
  }
  tick(): void {
    this.emit('tick', 'tock');
  }
}

describe('Emitter', () => {
  it('calls every listener until it is removed', () => {
    const bell = new Bell();
    const heard: string[] = [];
    const stop = bell.on('ring', (times) => heard.push(`a${times}`));
    bell.on('ring', (times) => heard.push(`b${times}`));
    bell.ring(1);
    stop();
    bell.ring(2);
    expect(heard).toEqual(['a1', 'b1', 'b2']);
  });

  it('keeps events of the given names for their first listener, in order and once', () => {
    const bell = new Bell(['ring']);
    bell.ring(1);
    bell.ring(2);
    bell.tick();
    const heard: unknown[] = [];
    bell.on('tick', (tick) => heard.push(tick));
    bell.on('ring', (times) => heard.push(times));
    bell.on('ring', (times) => heard.push(times));
    expect(heard).toEqual([1, 2]);
  });

  it('keeps at most 300 events of one name', () => {
    const bell = new Bell(['ring']);
    for (let times = 0; times < 1_000; times += 1) bell.ring(times);
    const heard: number[] = [];
    bell.on('ring', (times) => heard.push(times));
    expect([heard.length, heard.at(-1)]).toEqual([300, 299]);
  });

  it('removes a listener with off() and when its signal is aborted', () => {
    const bell = new Bell();
    const heard: string[] = [];
    const [first, second, third] = ['a', 'b', 'c'].map((name) => (times: number) => heard.push(name + String(times)));
    if (!first || !second || !third) throw new Error('Three listeners are needed.');
    const controller = new AbortController();
    bell.on('ring', first);
    bell.on('ring', second, { signal: controller.signal });
    bell.on('ring', third, { signal: AbortSignal.abort() });
    bell.ring(1);
    bell.off('ring', first);
    controller.abort();
    bell.ring(2);
    expect(heard).toEqual(['a1', 'b1']);
  });

  it('leaves no listener at a signal', async () => {
    const bell = new Bell();
    const { signal } = new AbortController();
    const left = new Set<unknown>();
    jest.spyOn(signal, 'addEventListener').mockImplementation((_, listener) => void left.add(listener));
    jest.spyOn(signal, 'removeEventListener').mockImplementation((_, listener) => void left.delete(listener));
    const next = bell.once('ring', { signal });
    const stop = bell.on('ring', () => undefined, { signal });
    expect(left.size).toBe(2);
    bell.ring(1);
    stop();
    expect([await next, left.size]).toEqual([1, 0]);
  });

  it('resolves once() with the next event, and leaves kept events after it for the next listener', async () => {
    const bell = new Bell(['ring']);
    for (const times of [1, 2, 3]) bell.ring(times);
    expect([await bell.once('ring'), await bell.once('ring')]).toEqual([1, 2]);
    const heard: number[] = [];
    bell.on('ring', (times) => heard.push(times));
    expect(heard).toEqual([3]);
  });

  it('rejects once() with the reason of its signal', async () => {
    const bell = new Bell();
    const controller = new AbortController();
    const next = bell.once('ring', { signal: controller.signal });
    controller.abort(new Error('not any more'));
    await expect(next).rejects.toThrow('not any more');
    await expect(bell.once('ring', controller)).rejects.toThrow('not any more');
  });
});
