import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing';
import { Scene } from './scene.js';

/** Starting and stopping a cluster and browsers. Milliseconds. */
const STAGE_MS = 90_000;

const chromium = await findProgram(DEBIAN.chromium.program);

/** A suite with a scene of its own, in a real Chromium. No page of it may end with an error of its own. */
export function describeInChromium(title: string, tests: (scene: () => Scene) => void): void {
  let scene: Scene | undefined;
  const current = (): Scene => {
    if (!scene) throw new Error('The scene did not come up.');
    return scene;
  };
  describeUnless(chromium === undefined ? howToInstall(DEBIAN.chromium) : '')(title, () => {
    beforeAll(async () => {
      scene = await Scene.open(chromium ?? '');
    }, STAGE_MS);
    afterEach(async () => {
      expect(await scene?.clear()).toEqual([]);
    });
    afterAll(async () => {
      await scene?.close();
    }, STAGE_MS);
    tests(current);
  });
}
