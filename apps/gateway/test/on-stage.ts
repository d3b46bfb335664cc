import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { Stage, type ClusterOptions } from '@white-rabbit/testing';
import { STAGE_MS } from './settings.js';

/** A stage of the suite's own: up before its first test, empty after each, gone after the last. */
export function onStage(gateways: number, options?: ClusterOptions): Stage {
  const stage = new Stage(gateways, options);
  beforeAll(() => stage.open(), STAGE_MS);
  afterEach(() => stage.clear());
  afterAll(() => stage.close(), STAGE_MS);
  return stage;
}
