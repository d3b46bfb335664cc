import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import {
  type ChangeCursor,
  type ChangedLicense,
  type ChangeKind,
  type ChangePage,
  type DatabaseTime,
  LicenseRepository,
} from './license-repository.js';
import { type LicenseChange, REVOCATION_POLL_MS, RevocationWatch } from './revocation-watch.js';
import type { LicenseId, Verdict } from './verdict.js';

/** Answers a poll with the pages that the test put in `pages`; a page that is `undefined` is not answered. */
class ScriptedLicenses extends LicenseRepository {
  override readonly waiting = 0;
  override readonly limit = 10;
  pages: readonly (readonly ChangedLicense[] | undefined)[] = [[]];
  readonly polls: (DatabaseTime | ChangeCursor | undefined)[] = [];
  readonly peers = new Map<string, readonly string[]>();
  /** Licenses whose peers were read. */
  readonly asksOfPeers: (readonly LicenseId[])[] = [];
  #page = 0;

  override authorize(): Promise<Verdict> {
    throw new Error('Not used here.');
  }

  override changedSince(from: DatabaseTime | ChangeCursor | undefined): Promise<ChangePage> {
    this.polls.push(from);
    this.#page = typeof from === 'object' ? this.#page + 1 : 0;
    const changes = this.pages[this.#page];
    if (changes === undefined) return Promise.reject(new Error('The database is away.'));
    const isLast = this.#page === this.pages.length - 1;
    const asOf = `time-${this.polls.length}` as DatabaseTime;
    return Promise.resolve({ changes, asOf, next: isLast ? undefined : changes.at(-1) });
  }

  override peersOn(licenses: readonly LicenseId[]) {
    this.asksOfPeers.push(licenses);
    return Promise.resolve(
      new Map(licenses.map((license) => [license, new Set((this.peers.get(license) ?? []) as PeerId[])])),
    );
  }
}

const changed = (id: string, at = 'noon', kind: ChangeKind = 'revoked'): ChangedLicense => ({
  licenseId: id as LicenseId,
  changedAt: at as DatabaseTime,
  kind,
});

let licenses: ScriptedLicenses;
let watch: RevocationWatch;
let reported: (readonly LicenseChange[])[];
let failures: number;
const poll = () => jest.advanceTimersByTimeAsync(REVOCATION_POLL_MS);
const reportedIds = () => reported.map((changes) => changes.map(({ licenseId }) => licenseId));

beforeEach(() => {
  jest.useFakeTimers();
  licenses = new ScriptedLicenses();
  reported = [];
  failures = 0;
  watch = new RevocationWatch(licenses, (isAnswered) => {
    if (!isAnswered) failures++;
  });
  watch.start((changes) => reported.push(changes));
});

afterEach(() => {
  void watch.stop();
  jest.useRealTimers();
});

describe('RevocationWatch', () => {
  test('polls at once and then every second, each time since the previous poll', async () => {
    await poll();
    await poll();
    expect(licenses.polls).toEqual([undefined, 'time-1', 'time-2']);
    expect(reported).toEqual([]);
  });

  test('reports each change once although polls overlap', async () => {
    licenses.pages = [[changed('a'), changed('b')]];
    await poll();
    licenses.pages = [[changed('b'), changed('c')]];
    await poll();
    await poll();
    expect(reportedIds()).toEqual([['a', 'b'], ['c']]);
  });

  test('reports a license again if it is restored and revoked again', async () => {
    licenses.pages = [[changed('a', 'noon')]];
    await poll();
    licenses.pages = [[changed('a', 'evening')]];
    await poll();
    expect(reportedIds()).toEqual([['a'], ['a']]);
  });

  test('reports the bound peers of a license that was transferred or had a device released', async () => {
    licenses.peers.set('moved', ['peer-1']);
    licenses.pages = [[changed('gone'), changed('moved', 'noon', 'transferred'), changed('free', 'noon', 'released')]];
    await poll();
    expect(reported).toEqual([
      [
        { licenseId: 'gone', kind: 'revoked', peers: new Set() },
        { licenseId: 'moved', kind: 'transferred', peers: new Set(['peer-1']) },
        { licenseId: 'free', kind: 'released', peers: new Set() },
      ],
    ]);
    expect(licenses.asksOfPeers).toEqual([['moved', 'free']]);
  });

  test('reads all pages within one poll and reports each page separately', async () => {
    licenses.pages = [[changed('a'), changed('b')], [changed('c')], []];
    await poll();
    const b = changed('b');
    expect(licenses.polls.slice(1)).toEqual(['time-1', b, changed('c')]);
    expect(reportedIds()).toEqual([['a', 'b'], ['c']]);
    licenses.pages = [[changed('a'), changed('b')], [changed('c')]];
    await poll();
    expect(reportedIds()).toHaveLength(2);
    expect(licenses.polls.slice(4)).toEqual(['time-2', b]);
  });

  test('starts again after a failure between two pages without reporting a change twice', async () => {
    licenses.pages = [[changed('a'), changed('b')], undefined];
    await poll();
    licenses.pages = [[changed('a'), changed('b')], [changed('c')]];
    await poll();
    await poll();
    expect(failures).toBe(1);
    expect(licenses.polls[3]).toBe('time-1');
    expect(reportedIds()).toEqual([['a', 'b'], ['c']]);
  });

  test('continues after an outage from the last successful poll', async () => {
    await poll();
    licenses.pages = [undefined];
    await poll();
    await poll();
    licenses.pages = [[changed('a')]];
    await poll();
    expect(failures).toBe(2);
    expect(licenses.polls.slice(-3)).toEqual(['time-2', 'time-2', 'time-2']);
    expect(reportedIds()).toEqual([['a']]);
  });

  test('reports nothing after a stop, not even from a poll in progress', async () => {
    licenses.pages = [[changed('a')]];
    jest.advanceTimersByTime(REVOCATION_POLL_MS);
    void watch.stop();
    await poll();
    expect(reported).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('starts once and can be started again after a stop', async () => {
    watch.start(() => reported.push([]));
    await poll();
    expect(licenses.polls).toHaveLength(2);
    void watch.stop();
    licenses.pages = [[changed('a')]];
    watch.start((changes) => reported.push(changes));
    await poll();
    expect(reportedIds()).toEqual([['a']]);
  });
});
