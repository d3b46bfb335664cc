import { describe, expect, it } from '@jest/globals';
import { generateLicenseKey, type LicenseKey } from '@white-rabbit/license';
import type { DeviceId, PeerId } from '@white-rabbit/protocol';
import { configOf } from '../../../test/unit/gateway-node.js';
import { Source } from '../../transport/source.js';
import { attemptOf, RefusalLimits } from './refusal-limits.js';

const [KEY, OTHER] = [generateLicenseKey(), generateLicenseKey()];
const MINUTE_MS = 60_000;

function limits({ perKey = 1_000, perGateway = 1_000 } = {}): RefusalLimits {
  const env = { WR_REFUSALS_PER_KEY: String(perKey), WR_REFUSALS_PER_GATEWAY: String(perGateway) };
  return new RefusalLimits(configOf(env).limits);
}

function source(name: string, refusalsPerMinute = 1_000): Source {
  const rules = { connectRate: 0, connectBurst: 1, unregistered: 0, refusalsPerMinute, onLimited: () => undefined };
  return new Source(name, rules);
}

const attempt = (key: LicenseKey, name: string, from?: Source) =>
  attemptOf(key, `device-of-${name}` as DeviceId, `peer-${name}` as PeerId, from);

describe('A device that was refused too often with a key', () => {
  it('waits until a minute after its first refusal has passed; the owner of the key does not wait', () => {
    const refusals = limits({ perKey: 120 });
    const [thief, owner] = [attempt(KEY, 'thief'), attempt(KEY, 'owner')];
    for (let n = 0; n < 120; n += 1) {
      expect(refusals.waitMs(thief, 0)).toBe(0);
      refusals.refused(thief, 'license_invalid', 0);
    }
    expect(refusals.waitMs(thief, 0)).toBe(MINUTE_MS);
    expect([refusals.waitMs(owner, 0), refusals.waitMs(attempt(OTHER, 'thief'), 0)]).toEqual([0, 0]);
    expect(refusals.waitMs(thief, MINUTE_MS)).toBe(0);
  });

  it('does not make the owner wait by using the owner’s device_id with another peer_id', () => {
    const refusals = limits({ perKey: 2 });
    const of = (peer: string) => attemptOf(KEY, 'device-of-owner' as DeviceId, peer as PeerId);
    for (let n = 0; n < 2; n += 1) refusals.refused(of('peer-of-thief'), 'license_invalid', 0);
    expect(refusals.waitMs(of('peer-of-thief'), 0)).toBe(MINUTE_MS);
    expect(refusals.waitMs(of('peer-of-owner'), 0)).toBe(0);
  });

  it('waits also if this gateway accepted it before', () => {
    const refusals = limits({ perKey: 2 });
    const revoked = attempt(KEY, 'owner');
    refusals.accepted(revoked, 0);
    for (let n = 0; n < 2; n += 1) refusals.refused(revoked, 'license_invalid', 0);
    expect(refusals.waitMs(revoked, 0)).toBe(MINUTE_MS);
  });
});

describe('An identity for which one source has no valid proof', () => {
  it('has to wait at that source; its owner does not wait at another source', () => {
    const refusals = limits({ perKey: 2 });
    const [thief, owner] = [attempt(KEY, 'owner', source('192.0.2.1')), attempt(KEY, 'owner', source('192.0.2.2'))];
    refusals.accepted(owner, 0);
    for (const code of ['proof_invalid', 'proof_required'] as const) {
      expect(refusals.waitMs(thief, 0)).toBe(0);
      refusals.refused(thief, code, 0);
    }
    expect(refusals.waitMs(thief, 0)).toBe(MINUTE_MS);
    expect(refusals.waitMs(owner, 0)).toBe(0);
  });
});

describe('A key that one source tries with many new devices', () => {
  it('has to wait at that source, except for devices that this gateway accepted; other sources and keys do not wait', () => {
    const refusals = limits({ perKey: 120 });
    const [here, there] = [source('192.0.2.1'), source('192.0.2.2')];
    refusals.accepted(attempt(KEY, 'owner', here), 0);
    for (let n = 0; n < 120; n += 1) refusals.refused(attempt(KEY, `thief-${n}`, here), 'license_invalid', 0);
    expect(refusals.waitMs(attempt(KEY, 'thief-120', here), 0)).toBe(MINUTE_MS);
    expect(refusals.waitMs(attempt(KEY, 'owner', here), 0)).toBe(0);
    expect(refusals.waitMs(attempt(KEY, 'owner-elsewhere', there), 0)).toBe(0);
    expect(refusals.waitMs(attempt(OTHER, 'thief-120', here), 0)).toBe(0);
  });

  it('has to wait at this gateway if sources are unknown', () => {
    const refusals = limits({ perKey: 2 });
    for (let n = 0; n < 2; n += 1) refusals.refused(attempt(KEY, `thief-${n}`), 'license_invalid', 0);
    expect(refusals.waitMs(attempt(KEY, 'thief-2'), 0)).toBe(MINUTE_MS);
  });
});

describe('A source that was refused too often', () => {
  it('has to wait, except for devices that this gateway accepted; other sources do not wait', () => {
    const refusals = limits();
    const [here, there] = [source('192.0.2.1', 10), source('192.0.2.2', 10)];
    refusals.accepted(attempt(OTHER, 'neighbor', here), 0);
    for (let n = 0; n < 10; n += 1)
      refusals.refused(attempt(generateLicenseKey(), 'guesser', here), 'license_invalid', 0);
    expect(refusals.waitMs(attempt(generateLicenseKey(), 'guesser', here), 0)).toBeGreaterThan(0);
    expect(refusals.waitMs(attempt(OTHER, 'neighbor', here), 0)).toBe(0);
    expect(refusals.waitMs(attempt(OTHER, 'another-device', there), 0)).toBe(0);
  });
});

describe('A gateway with too many refusals in a minute', () => {
  it('delays only sources that had a refusal themselves', () => {
    const refusals = limits({ perGateway: 3 });
    const [guesser, other] = [source('192.0.2.1'), source('192.0.2.2')];
    refusals.accepted(attempt(OTHER, 'neighbor', guesser), 0);
    for (let n = 0; n < 3; n += 1) {
      expect(refusals.waitMs(attempt(generateLicenseKey(), 'guesser', guesser), 0)).toBe(0);
      refusals.refused(attempt(generateLicenseKey(), 'guesser', guesser), 'license_invalid', 0);
    }
    expect(refusals.waitMs(attempt(generateLicenseKey(), 'guesser', guesser), 0)).toBe(MINUTE_MS);
    expect(refusals.waitMs(attempt(OTHER, 'neighbor', guesser), 0)).toBe(0);
    expect(refusals.waitMs(attempt(generateLicenseKey(), 'new', other), 0)).toBe(0);
    expect(refusals.waitMs(attempt(generateLicenseKey(), 'new'), 0)).toBe(0);
    expect(refusals.waitMs(attempt(generateLicenseKey(), 'guesser', guesser), MINUTE_MS)).toBe(0);
  });
});
