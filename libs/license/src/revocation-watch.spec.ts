import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import type { DatabaseTime, Revocation, Transfer } from './license-repository.js';
import { LicenseRepository } from './license-repository.js';
import { REVOCATION_POLL_MS, RevocationWatch } from './revocation-watch.js';
import type { LicenseId, Verdict } from './verdict.js';

/** Answers with what the test put in `answer`, or rejects when that is undefined. */
class ScriptedLicenses extends LicenseRepository {
  override readonly waiting = 0;
  answer: readonly Revocation[] | undefined = [];
  transfers: readonly Transfer[] = [];
  asked: (DatabaseTime | undefined)[] = [];

  override authorize(): Promise<Verdict> {
    throw new Error('Not asked here.');
  }

  override changedSince(since: DatabaseTime | undefined) {
    this.asked.push(since);
    if (this.answer === undefined) return Promise.reject(new Error('The database is away.'));
    return Promise.resolve({
      asOf: `time-${this.asked.length}` as DatabaseTime,
      revocations: this.answer,
      transfers: this.transfers,
    });
  }
}

const revocation = (id: string, at = 'noon'): Revocation => ({
  licenseId: id as LicenseId,
  revokedAt: at as DatabaseTime,
});

let licenses: ScriptedLicenses;
let watch: RevocationWatch;
let told: LicenseId[][];
let moved: Transfer[];
let failures: number;
const poll = () => jest.advanceTimersByTimeAsync(REVOCATION_POLL_MS);

beforeEach(() => {
  jest.useFakeTimers();
  licenses = new ScriptedLicenses();
  told = [];
  failures = 0;
  watch = new RevocationWatch(licenses, (isAnswered) => {
    if (!isAnswered) failures++;
  });
  moved = [];
  watch.start(
    (revoked) => told.push([...revoked]),
    (transfer) => moved.push(transfer),
  );
});

afterEach(() => {
  void watch.stop();
  jest.useRealTimers();
});

describe('the revocation watch', () => {
  test('asks at once, then every second, each time since the answer before', async () => {
    await poll();
    await poll();
    expect(licenses.asked).toEqual([undefined, 'time-1', 'time-2']);
    expect(told).toEqual([]);
  });

  test('tells each revocation once, though answers overlap', async () => {
    licenses.answer = [revocation('a'), revocation('b')];
    await poll();
    licenses.answer = [revocation('b'), revocation('c')];
    await poll();
    await poll();
    expect(told).toEqual([['a', 'b'], ['c']]);
  });

  test('tells a license again that was restored and revoked again', async () => {
    licenses.answer = [revocation('a', 'noon')];
    await poll();
    licenses.answer = [revocation('a', 'evening')];
    await poll();
    expect(told).toEqual([['a'], ['a']]);
  });

  test('tells each transfer once, with those who have the license now, and again when it is moved again', async () => {
    const transfer = (at: string, peer: string): Transfer => ({
      licenseId: 'a' as LicenseId,
      transferredAt: at as DatabaseTime,
      peers: [peer as PeerId],
    });
    licenses.transfers = [transfer('noon', 'peer-1')];
    await poll();
    await poll();
    licenses.transfers = [transfer('evening', 'peer-2')];
    await poll();
    expect(moved).toEqual([transfer('noon', 'peer-1'), transfer('evening', 'peer-2')]);
    expect(told).toEqual([]);
  });

  test('tells a license that was moved and revoked at one moment both ways', async () => {
    licenses.answer = [revocation('a', 'noon')];
    licenses.transfers = [{ licenseId: 'a' as LicenseId, transferredAt: 'noon' as DatabaseTime, peers: [] }];
    await poll();
    expect(told).toEqual([['a']]);
    expect(moved).toHaveLength(1);
  });

  test('outlives an outage, and asks since the last answer there was', async () => {
    await poll();
    licenses.answer = undefined;
    await poll();
    await poll();
    licenses.answer = [revocation('a')];
    await poll();
    expect(failures).toBe(2);
    expect(licenses.asked.slice(-3)).toEqual(['time-2', 'time-2', 'time-2']);
    expect(told).toEqual([['a']]);
  });

  test('tells nothing once it is stopped, not even an answer under way', async () => {
    licenses.answer = [revocation('a')];
    jest.advanceTimersByTime(REVOCATION_POLL_MS);
    void watch.stop();
    await poll();
    expect(told).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is started once, and can be started again after a stop', async () => {
    watch.start(() => told.push([]));
    await poll();
    expect(licenses.asked).toHaveLength(2);
    void watch.stop();
    licenses.answer = [revocation('a')];
    watch.start((revoked) => told.push([...revoked]));
    await poll();
    expect(told).toEqual([['a']]);
  });
});
