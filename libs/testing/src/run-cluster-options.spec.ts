import { describe, expect, it } from '@jest/globals';
import { readRunClusterOptions, USAGE } from './run-cluster-options.js';

describe('The command line of npm run cluster', () => {
  it('starts 3 gateways by default', () => {
    expect(readRunClusterOptions([])).toEqual({ gateways: 3 });
    expect(readRunClusterOptions(['--gateways', '5'])).toEqual({ gateways: 5 });
  });

  it.each(['0', '51', '2.5', 'many', ''])('refuses %j gateways', (count) => {
    expect(readRunClusterOptions(['--gateways', count])).toMatchObject({ failed: true });
  });

  it('refuses an unknown option, and lists the known ones', () => {
    expect(readRunClusterOptions(['--nodes', '3'])).toEqual({ failed: true, text: expect.stringContaining(USAGE) });
    expect(readRunClusterOptions(['--help'])).toEqual({ failed: false, text: USAGE });
  });
});
