import { expect, it } from '@jest/globals';
import { licenseHooks } from './license-hooks.js';
import { Metrics } from './metrics.js';

it('A license check without a verdict is counted with the queue, the license or the database as the reason', async () => {
  const metrics = new Metrics();
  const logged: string[] = [];
  const { onUnavailable } = licenseHooks(metrics, { note: (code) => logged.push(code) });
  const reasons = ['would_be_late', 'queue_full', 'key_busy', 'deadline', '57014', 'ECONNREFUSED', 'unknown'];
  for (const reason of reasons) onUnavailable?.(reason);
  const lines = (await metrics.registry.metrics()).split('\n');
  expect(lines.filter((line) => line.startsWith('wr_license_unavailable_total')).sort()).toEqual([
    'wr_license_unavailable_total{reason="deadline"} 1',
    'wr_license_unavailable_total{reason="failed"} 3',
    'wr_license_unavailable_total{reason="key_busy"} 1',
    'wr_license_unavailable_total{reason="queue_full"} 1',
    'wr_license_unavailable_total{reason="would_be_late"} 1',
  ]);
  expect(logged).toEqual(['57014', 'ECONNREFUSED', 'unknown']);
});
