import { describe, expect, it } from '@jest/globals';
import { Admission } from './admission.js';
import { Source } from './source.js';

interface Given {
  open?: number;
  hasRoom?: boolean;
  rate?: number;
}

function admission({ open = 0, hasRoom = true, rate = 10 }: Given = {}): Admission {
  return new Admission(
    { maxConnections: 3, connects: { perSecond: rate, burst: rate } },
    { open, makeRoom: () => hasRoom },
  );
}

/** The reason of a 503 refusal with a valid delay. */
function reasonOf(gate: Admission, nowMs = 0): string | undefined {
  const refusal = gate.admit(nowMs);
  if (refusal === undefined) return undefined;
  expect(refusal.status).toBe(503);
  expect(refusal.retryAfterS).toBeGreaterThanOrEqual(1);
  expect(refusal.retryAfterS).toBeLessThanOrEqual(10);
  return refusal.reason;
}

describe('A socket', () => {
  it('is admitted while there is capacity', () => {
    expect(reasonOf(admission({ open: 2 }))).toBeUndefined();
  });

  it('is refused by a full gateway', () => {
    expect(reasonOf(admission({ open: 3 }))).toBe('This gateway is full.');
  });

  it('is refused by a stopping gateway permanently', () => {
    const gate = admission();
    gate.close();
    expect(reasonOf(gate, 0)).toBe('This gateway is stopping.');
    expect(reasonOf(gate, 1e9)).toBe('This gateway is stopping.');
  });

  it('is refused if unregistered connections use the whole capacity', () => {
    expect(reasonOf(admission({ hasRoom: false }))).toBe('Too many sockets have not registered.');
  });

  it('is refused if sockets arrive too fast, and admitted again a moment later', () => {
    const gate = admission({ rate: 2 });
    expect([reasonOf(gate), reasonOf(gate), reasonOf(gate)]).toEqual([
      undefined,
      undefined,
      'Connections come too fast.',
    ]);
    expect(reasonOf(gate, 499)).toBe('Connections come too fast.');
    expect(reasonOf(gate, 500)).toBeUndefined();
  });

  it('is refused if its source has had too many, and takes no token from other sources', () => {
    const gate = admission({ rate: 2 });
    const rules = { connectBurst: 1, unregistered: 0, refusalsPerMinute: 0, onLimited: () => undefined };
    const [flood, other] = ['192.0.2.1', '192.0.2.2'].map((name) => new Source(name, { ...rules, connectRate: 1 }));
    expect(gate.admit(0, flood)).toBeUndefined();
    for (let n = 0; n < 100; n += 1) {
      const refusal = gate.admit(0, flood);
      expect(refusal).toMatchObject({ status: 503, reason: 'Connections from this address come too fast.' });
      expect(refusal?.retryAfterS).toBeGreaterThanOrEqual(1);
    }
    expect(gate.admit(0, other)).toBeUndefined();
  });

  it('takes no token if it is refused for another reason', () => {
    let open = 3;
    const gate = new Admission(
      { maxConnections: 3, connects: { perSecond: 1, burst: 1 } },
      {
        get open() {
          return open;
        },
        makeRoom: () => true,
      },
    );
    for (let i = 0; i < 5; i += 1) expect(reasonOf(gate)).toBe('This gateway is full.');
    open = 2;
    expect(reasonOf(gate)).toBeUndefined();
  });
});
