import { expect, test } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { WatchedPeer } from './watched-peer.js';

test('a watched peer keeps its status, its version and its watches apart', () => {
  const watched = new WatchedPeer('alice-peer' as PeerId);
  expect(watched).toMatchObject({ status: 'OFFLINE', isReady: false, version: 0, isWatched: false });
  for (let watch = 0; watch < 1000; watch++) watched.watch();
  watched.isOnline = true;
  watched.isReady = true;
  for (let change = 1; change <= 600; change++) {
    watched.touch();
    expect(watched).toMatchObject({ status: 'ONLINE', isReady: true, version: change % 256 });
  }
  watched.isOnline = false;
  watched.isOnline = false;
  for (let watch = 0; watch < 1000; watch++) expect(watched.unwatch()).toBe(true);
  expect(watched.unwatch()).toBe(false);
  expect(watched).toMatchObject({ status: 'OFFLINE', isReady: true, version: 600 % 256, isWatched: false });
});
