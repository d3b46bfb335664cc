import { describe, expect, test } from '@jest/globals';
import type { Answer } from '@white-rabbit/signaling';
import { BUS_TEXT_BYTES } from '../bus.js';
import { settled } from '../../test/node/fake-clock.js';
import { A, ABSENT, B, DRAIN, OK, pair, signal } from '../../test/rpc/rpc-pair.js';
import { RESPONSE_MS } from './node-rpc.js';
import { OPEN_REQUESTS_MAX, type RequestOutcome } from './open-requests.js';
import { decodePublish } from './publish-codec.js';

describe('NodeRpc', () => {
  test('calls the handler of the kind with the sender and the message, and returns its answer', async () => {
    const { clock, a, b } = pair();
    const received: unknown[] = [];
    b.on('signal', (...args) => {
      received.push(args);
      return 'call_not_found';
    });
    b.on('drain', () => 'ok');
    const answers = [a.request(B, signal('hello\nthere')), a.request(B, DRAIN)];
    await clock.advance(10);
    expect(await Promise.all(answers)).toEqual([{ outcome: 'answered', answer: 'call_not_found' }, OK]);
    expect(received).toEqual([[A, signal('hello\nthere'), false]]);
    expect([a.pending, b.ignored.message]).toEqual([0, 0]);
  });

  test('keeps the order of requests and notifications, whatever their size', async () => {
    const { clock, a, busA, heard, hears } = pair();
    hears();
    const texts = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat((index * 7919) % 5000)}`);
    texts.forEach((text, index) => {
      if (index % 3 === 0) a.notify(B, signal(text));
      else void a.request(B, signal(text));
    });
    await clock.advance(10);
    expect(heard).toEqual(texts);
    for (const text of busA.sent) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(BUS_TEXT_BYTES);
  });

  test('sends the requests of one turn of the event loop as one publish, answered by one response', async () => {
    const { clock, a, busA, busB, hears } = pair();
    hears();
    const answers = Array.from({ length: 100 }, () => a.request(B, signal('')));
    await clock.advance(10);
    expect(await Promise.all(answers)).toEqual(answers.map(() => OK));
    expect([busA.sent.length, busB.sent.length]).toEqual([1, 1]);
    expect(decodePublish(busB.sent[0] ?? '')).toMatchObject({
      messages: [{ id: 0, message: { kind: 'response', runs: [{ first: 1, last: 100, answer: 'ok' }] } }],
    });
  });

  test('collects each ok that no client waits for, and sends other answers soon', async () => {
    const { clock, a, busB, hears } = pair();
    hears((text) => (text === 'bad' ? 'peer_offline' : 'ok'));
    const outcomes: RequestOutcome[] = [];
    const post = (text: string) => {
      a.post(B, signal(text), (outcome) => outcomes.push(outcome));
    };
    for (const text of ['1', '2', '3']) {
      post(text);
      await clock.advance(10);
    }
    expect([busB.sent, outcomes]).toEqual([[], []]);
    post('bad');
    await clock.advance(10);
    expect(busB.sent).toHaveLength(1);
    expect(outcomes).toEqual([OK, OK, OK, { outcome: 'answered', answer: 'peer_offline' }]);
    post('5');
    await clock.advance(60);
    expect(busB.sent).toHaveLength(2);
    expect(outcomes[4]).toEqual(OK);
  });

  test('publishes at once after a rest, and then together what is sent within 2 ms', async () => {
    const { clock, a, busA, hears } = pair();
    hears();
    void a.request(B, signal('1'));
    await settled();
    expect(busA.sent).toHaveLength(1);
    for (const text of ['2', '3']) {
      void a.request(B, signal(text));
      await settled();
    }
    expect(busA.sent).toHaveLength(1);
    await clock.advance(2);
    expect(busA.sent).toHaveLength(2);
    await clock.advance(2);
    void a.request(B, signal('4'));
    await settled();
    expect(busA.sent).toHaveLength(3);
  });

  test('names in the response of a batch only the requests with another answer', async () => {
    const { clock, a, busB, hears } = pair();
    hears((text) => (text === '7' ? 'peer_offline' : 'ok'));
    const answers = Array.from({ length: 20 }, (_, index) => a.request(B, signal(String(index + 1))));
    await clock.advance(10);
    const outcomes = await Promise.all(answers);
    expect(outcomes[6]).toEqual({ outcome: 'answered', answer: 'peer_offline' });
    expect(outcomes.filter((_, index) => index !== 6)).toEqual(Array(19).fill(OK));
    expect(busB.sent).toHaveLength(1);
    expect(busB.sent[0]).toContain('response 0 0 0 ok 1 6 peer_offline 7 7 ok 8 20\n');
  });

  test('sends answers and messages in the order of the calls', async () => {
    const { clock, a, b, busB, hears } = pair();
    hears((text) => {
      if (text === '2') b.notify(A, DRAIN);
      return 'ok';
    });
    for (const text of ['1', '2', '3']) void a.request(B, signal(text));
    await clock.advance(10);
    expect(decodePublish(busB.sent[0] ?? '')).toMatchObject({
      messages: [{ message: { runs: [{ last: 1 }] } }, { message: DRAIN }, { message: { runs: [{ first: 2 }] } }],
    });
  });

  test('handles later messages while an earlier one still waits for its answer', async () => {
    const { clock, a, hears } = pair();
    let finish: (answer: Answer) => void = () => undefined;
    hears((text) => (text === 'slow' ? new Promise<Answer>((resolve) => (finish = resolve)) : 'ok'));
    const slow = a.request(B, signal('slow'));
    const fast = a.request(B, signal('fast'));
    await clock.advance(10);
    expect(await fast).toEqual(OK);
    finish('glare');
    await clock.advance(10);
    expect(await slow).toEqual({ outcome: 'answered', answer: 'glare' });
  });

  test('calls its own handler without the bus for a request to this node itself', async () => {
    const { a, busA } = pair();
    a.on('drain', (from) => (from === A ? 'ok' : 'internal'));
    expect(await a.request(A, DRAIN)).toEqual(OK);
    expect(busA.sent).toEqual([]);
  });

  test('returns unreachable if no node is subscribed', async () => {
    const { clock, a } = pair();
    const outcome = a.request(ABSENT, DRAIN);
    await clock.advance(0);
    expect(await outcome).toEqual({ outcome: 'unreachable' });
  });

  test.each([
    ['unavailable', 'unavailable'],
    ['uncertain', 'timeout'],
  ] as const)('returns for requests whose delivery is %s the outcome %s', async (delivery, outcome) => {
    const { clock, a, busA } = pair();
    busA.delivery = delivery;
    const outcomes = [a.request(B, DRAIN), a.request(B, DRAIN)];
    await clock.advance(0);
    for (const returned of outcomes) expect(await returned).toEqual({ outcome });
  });

  test('returns timeout 2.8 s after each request that has no answer', async () => {
    const { clock, a, busA } = pair();
    busA.delivery = 'sent';
    const outcomes: string[] = [];
    const request = async (name: string, to = B) => {
      outcomes.push(`${name} ${(await a.request(to, DRAIN)).outcome}`);
    };
    void request('first');
    await clock.advance(1000);
    void request('second', ABSENT);
    await clock.advance(RESPONSE_MS - 1001);
    expect(outcomes).toEqual([]);
    await clock.advance(1);
    expect(outcomes).toEqual(['first timeout']);
    await clock.advance(1000);
    expect(outcomes).toEqual(['first timeout', 'second timeout']);
  });

  test('ignores an answer from another node, a second answer, and answers to requests that were never sent', async () => {
    const { clock, a, busA } = pair();
    busA.delivery = 'sent';
    const outcome = a.request(B, DRAIN);
    await settled();
    busA.hear(`1 ${ABSENT} 1 0 0\nresponse 0 0 0 glare 1 1\n`);
    busA.hear(`1 ${B} 1 0 0\nresponse 0 0 0 ok 1 9000\n`);
    busA.hear(`1 ${B} 2 0 0\nresponse 0 0 0 glare 1 1\n`);
    expect(await outcome).toEqual(OK);
    await clock.advance(10_000);
  });

  test('returns unavailable at once beyond the limit of a node, and still sends requests to others', async () => {
    const { clock, a, busA } = pair();
    busA.delivery = 'sent';
    for (let index = 0; index < OPEN_REQUESTS_MAX; index++) void a.request(B, DRAIN);
    expect(await a.request(B, DRAIN)).toEqual({ outcome: 'unavailable' });
    const other = a.request(ABSENT, DRAIN);
    expect(a.pending).toBe(OPEN_REQUESTS_MAX + 1);
    await clock.advance(0);
    busA.hear(`1 ${ABSENT} 1 0 0\nresponse 0 0 0 ok 1 1\n`);
    expect(await other).toEqual(OK);
    await clock.advance(RESPONSE_MS);
    expect(a.pending).toBe(0);
    void a.request(B, DRAIN);
    expect([a.pending, a.queued]).toEqual([1, 1]);
  });

  test('answers internal if the handler throws, rejects, or is missing', async () => {
    const { clock, a, hears } = pair();
    const missing = a.request(B, signal(''));
    await clock.advance(10);
    hears((text) => {
      if (text === 'throw') throw new Error('as it should');
      return Promise.reject(new Error('as it should'));
    });
    const outcomes = [missing, a.request(B, signal('throw')), a.request(B, signal('reject'))];
    await clock.advance(10);
    for (const outcome of outcomes) expect(await outcome).toEqual({ outcome: 'answered', answer: 'internal' });
  });

  test('reports each probe to this node itself that has returned, and its delivery', async () => {
    const { clock, a, busA } = pair({ transitMs: 2 });
    const returned: number[] = [];
    a.onProbe((probe) => returned.push(probe));
    const [one, two] = [a.probe(), a.probe()];
    expect(returned).toEqual([]);
    await clock.advance(2);
    expect(returned).toEqual([one.number, two.number]);
    expect(await one.delivery).toBe('sent');
    busA.delivery = 'uncertain';
    expect(await a.probe().delivery).toBe('uncertain');
  });

  test('sends waiting messages when it is stopped, ends open requests, and then neither sends nor receives', async () => {
    const { clock, a, b, busA, heard, hears } = pair();
    hears();
    a.notify(B, signal('last notification'));
    const outcome = a.request(B, signal('last request'));
    a.stop();
    // It was sent, and may have arrived.
    expect(await outcome).toEqual({ outcome: 'timeout' });
    expect(await a.request(B, signal('too late'))).toEqual({ outcome: 'unavailable' });
    expect(await a.probe().delivery).toBe('unavailable');
    b.notify(A, DRAIN);
    await clock.advance(10);
    expect([heard, busA.sent.length, a.ignored.message]).toEqual([['last notification', 'last request'], 1, 0]);
  });
});
