import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing';
import { BrowserCluster } from './browser-cluster.js';

/** Starting and stopping a cluster and browsers. Milliseconds. */
const START_MS = 90_000;

const chromium = await findProgram(DEBIAN.chromium.program);

/** A suite with its own cluster and a real Chromium. A test fails if a page has an uncaught error. */
export function describeInChromium(title: string, tests: (browsers: () => BrowserCluster) => void): void {
  let browsers: BrowserCluster | undefined;
  const current = (): BrowserCluster => {
    if (!browsers) throw new Error('The browsers have not started.');
    return browsers;
  };
  describeUnless(chromium === undefined ? howToInstall(DEBIAN.chromium) : '')(title, () => {
    beforeAll(async () => {
      browsers = await BrowserCluster.open(chromium ?? '');
    }, START_MS);
    afterEach(async () => {
      expect(await browsers?.clear()).toEqual([]);
    });
    afterAll(async () => {
      await browsers?.close();
    }, START_MS);
    tests(current);
  });
}
