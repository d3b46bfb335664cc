import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { findChromium } from './chromium.js';
import { Scene } from './scene.js';

/** Starting and stopping a cluster and browsers. Milliseconds. */
const STAGE_MS = 90_000;

const chromium = await findChromium();

/** A suite with a scene of its own, skipped where there is no Chromium. No page of it may end with an error of its own. */
export function describeInChromium(title: string, tests: (scene: () => Scene) => void): void {
  let scene: Scene | undefined;
  const current = (): Scene => {
    if (!scene) throw new Error('The scene did not come up.');
    return scene;
  };
  (chromium === undefined ? describe.skip : describe)(title, () => {
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
