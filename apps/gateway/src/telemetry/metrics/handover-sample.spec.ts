import { describe, expect, it } from '@jest/globals';
import { settled } from '../../../test/unit/settled.js';
import { HandoverSample } from './handover-sample.js';
import { Metrics } from './metrics.js';

function sampling() {
  const noted: [string, boolean][] = [];
  const metrics = new Metrics();
  metrics.handovers.note = (ms, path) => noted.push([path, ms >= 100]);
  const sample = new HandoverSample(metrics);
  return { noted, sample };
}

/** A tenth of a second ago. */
const heardMs = () => performance.now() - 100;

describe('The sample of handover times', () => {
  it('contains one signal in 64', () => {
    const { sample } = sampling();
    const due = Array.from({ length: 640 }, () => sample.isDue()).filter((isDue) => isDue);
    expect(due).toHaveLength(10);
  });

  it('distinguishes signals within a node from those across nodes, and ignores failures', async () => {
    const { noted, sample } = sampling();
    sample.note(heardMs(), 'ok');
    sample.note(heardMs(), 'call_not_found');
    sample.note(heardMs(), Promise.resolve('ok'));
    sample.note(heardMs(), Promise.resolve('undeliverable'));
    await settled();
    expect(noted).toEqual([
      ['same_node', true],
      ['across', true],
    ]);
  });
});
