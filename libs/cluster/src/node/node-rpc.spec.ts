import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { type Delivery, Bus, BUS_BODY_BYTES } from '../bus.js';
import { MemoryBus } from '../bus.memory.js';
import { MemoryRegion } from '../memory-region.js';
import { FakeClock, settled } from '../../test/node/fake-clock.js';
import { NodeRpc } from './node-rpc.js';

const A = 'node-a' as NodeId;
const B = 'node-b' as NodeId;
const ABSENT = 'node-c' as NodeId;

/** A bus that also keeps what was put on it. */
class RecordingBus extends Bus {
  readonly sent: { readonly to: NodeId; readonly body: string }[] = [];
  /** Set, it is what every send comes to, and nothing is passed on. */
  delivery: Delivery | undefined;
  #listener: (from: NodeId, body: string) => void = () => undefined;

  constructor(private readonly inner: Bus) {
    super();
    inner.onMessage((from, body) => {
      this.#listener(from, body);
    });
  }

  override send(to: NodeId, body: string): Promise<Delivery> {
    this.sent.push({ to, body });
    return this.delivery === undefined ? this.inner.send(to, body) : Promise.resolve(this.delivery);
  }

  override onMessage(listener: (from: NodeId, body: string) => void): void {
    this.#listener = listener;
  }

  /** As if it had come from the node. */
  hear(from: NodeId, body: string): void {
    this.#listener(from, body);
  }
}

function pair() {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const busA = new RecordingBus(new MemoryBus(region, A));
  const busB = new RecordingBus(new MemoryBus(region, B));
  const a = new NodeRpc({ bus: busA, self: A, clock, pendingAsksPerNode: 1000 });
  const b = new NodeRpc({ bus: busB, self: B, clock });
  return { clock, busA, busB, a, b };
}

describe('NodeRpc', () => {
  test('returns the answer of the other handler', async () => {
    const { clock, a, b } = pair();
    b.onEnvelope((from, body) => `${from} said ${body}`);
    const answer = a.request(B, 'hello\nthere');
    await clock.advance(10);
    expect(await answer).toEqual({ outcome: 'answered', text: 'node-a said hello\nthere' });
    expect(a.asking).toBe(0);
  });

  test('keeps the order of requests and notifications, whatever their size', async () => {
    const { clock, a, b, busA } = pair();
    const heard: string[] = [];
    b.onEnvelope((_from, body) => {
      heard.push(body);
      return 'ok';
    });
    const bodies = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat((index * 7919) % 5000)}`);
    bodies.forEach((body, index) => {
      if (index % 3 === 0) a.notify(B, body);
      else void a.request(B, body);
    });
    await clock.advance(10);
    expect(heard).toEqual(bodies);
    for (const { body } of busA.sent) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(BUS_BODY_BYTES);
  });

  test('sends what is asked in one turn together, and its receipts together', async () => {
    const { clock, a, b, busA, busB } = pair();
    b.onEnvelope(() => 'ok');
    const answers = Array.from({ length: 100 }, () => a.request(B, 'signal'));
    await clock.advance(10);
    expect(await Promise.all(answers)).toEqual(answers.map(() => ({ outcome: 'answered', text: 'ok' })));
    expect([busA.sent.length, busB.sent.length]).toEqual([1, 1]);
  });

  test('hands over later envelopes while an earlier one is still being answered', async () => {
    const { clock, a, b } = pair();
    let finish: (text: string) => void = () => undefined;
    b.onEnvelope((_from, body) =>
      body === 'slow' ? new Promise<string>((resolve) => (finish = resolve)) : 'fast done',
    );
    const slow = a.request(B, 'slow');
    const fast = a.request(B, 'fast');
    await clock.advance(10);
    expect(await fast).toEqual({ outcome: 'answered', text: 'fast done' });
    finish('slow done');
    await clock.advance(10);
    expect(await slow).toEqual({ outcome: 'answered', text: 'slow done' });
  });

  test('asks itself without the bus', async () => {
    const { a, busA } = pair();
    a.onEnvelope((from, body) => `${from} ${body}`);
    expect(await a.request(A, 'hello')).toEqual({ outcome: 'answered', text: 'node-a hello' });
    expect(busA.sent).toEqual([]);
  });

  test('returns unreachable if no node is subscribed', async () => {
    const { clock, a } = pair();
    const answer = a.request(ABSENT, 'hello');
    await clock.advance(0);
    expect(await answer).toEqual({ outcome: 'unreachable' });
  });

  test.each([
    ['unavailable', 'unavailable'],
    ['uncertain', 'silent'],
  ] as const)('answers an ask whose delivery is %s with %s', async (delivery, outcome) => {
    const { clock, a, busA } = pair();
    busA.delivery = delivery;
    const answer = a.request(B, 'hello');
    await clock.advance(0);
    expect(await answer).toEqual({ outcome });
  });

  test('says after 4 s that there was no receipt, for each ask at its own time', async () => {
    const { clock, a, busA } = pair();
    busA.delivery = 'sent';
    const outcomes: string[] = [];
    const ask = async (name: string) => outcomes.push(`${name} ${(await a.request(B, name)).outcome}`);
    void ask('first');
    await clock.advance(1000);
    void ask('second');
    await clock.advance(2999);
    expect(outcomes).toEqual([]);
    await clock.advance(1);
    expect(outcomes).toEqual(['first silent']);
    await clock.advance(1000);
    expect(outcomes).toEqual(['first silent', 'second silent']);
  });

  test('passes over a receipt that comes too late, twice, or from another node', async () => {
    const { clock, a, busA } = pair();
    busA.delivery = 'sent';
    const answer = a.request(B, 'hello');
    await settled();
    busA.hear(ABSENT, '2 0\nr1 5\nwrong');
    busA.hear(B, '2 0\nr1 5\nright');
    busA.hear(B, '2 0\nr1 5\nagain');
    expect(await answer).toEqual({ outcome: 'answered', text: 'right' });
    await clock.advance(10_000);
  });

  test('refuses an ask beyond the limit of its node at once, and no ask to another node', async () => {
    const { clock, a, busA } = pair();
    busA.delivery = 'sent';
    for (let index = 0; index < 1000; index++) void a.request(B, 'hello');
    expect(await a.request(B, 'one too many')).toEqual({ outcome: 'unavailable' });
    const other = a.request(ABSENT, 'hello');
    expect(a.asking).toBe(1001);
    await clock.advance(0);
    busA.hear(ABSENT, '2 0\nr1001 2\nok');
    expect(await other).toEqual({ outcome: 'answered', text: 'ok' });
    await clock.advance(4100);
    expect(a.asking).toBe(0);
    void a.request(B, 'again');
    expect(a.asking).toBe(1);
  });

  test('answers internal where the handler throws, rejects, or is missing', async () => {
    const { clock, a, b } = pair();
    const missing = a.request(B, 'hello');
    await clock.advance(10);
    b.onEnvelope((_from, body) => {
      if (body === 'throw') throw new Error('as it should');
      return Promise.reject(new Error('as it should'));
    });
    const answers = [missing, a.request(B, 'throw'), a.request(B, 'reject')];
    await clock.advance(10);
    for (const answer of answers) expect(await answer).toEqual({ outcome: 'answered', text: 'internal' });
  });

  test('counts what it cannot read, and goes on', async () => {
    const { clock, a, b, busA } = pair();
    await busA.send(B, 'junk');
    await busA.send(B, '1\na1 2\nok');
    b.onEnvelope(() => 'ok');
    const answer = a.request(B, 'hello');
    await clock.advance(10);
    expect(await answer).toEqual({ outcome: 'answered', text: 'ok' });
    expect(b.malformed).toBe(2);
  });

  test('reports to its handler which messages are older than their sender waits', async () => {
    const { clock, busB, b } = pair();
    const heard: (readonly [string, boolean])[] = [];
    b.onEnvelope((_from, body, isLate) => {
      heard.push([body, isLate]);
      return 'ok';
    });
    await clock.advance(10_000);
    busB.hear(A, '2 10000\nt0 5\nfirst');
    await clock.advance(10_000);
    busB.hear(A, '2 16050\na1 5\nentry');
    busB.hear(A, '2 15950\na2 5\nstale');
    expect(heard).toEqual([
      ['first', false],
      ['entry', false],
      ['stale', true],
    ]);
  });

  test('sends what waits when it is stopped, and ends what is open', async () => {
    const { clock, a, b } = pair();
    const heard: string[] = [];
    b.onEnvelope((_from, body) => {
      heard.push(body);
      return 'ok';
    });
    a.notify(B, 'last words');
    const answer = a.request(B, 'and?');
    a.stop();
    // It was sent, and may have arrived.
    expect(await answer).toEqual({ outcome: 'silent' });
    expect(await a.request(B, 'too late')).toEqual({ outcome: 'unavailable' });
    await clock.advance(10);
    expect(heard).toEqual(['last words', 'and?']);
  });
});
