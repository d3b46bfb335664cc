import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { Stage, type ClusterOptions } from '@white-rabbit/testing';
import { STAGE_MS } from './settings.js';

/** A cluster for one suite: started before its first test, emptied after each test, stopped after the last. */
export function onStage(gateways: number, options?: ClusterOptions): Stage {
  const stage = new Stage(gateways, options);
  beforeAll(() => stage.open(), STAGE_MS);
  afterEach(() => stage.clear());
  afterAll(() => stage.close(), STAGE_MS);
  return stage;
}
