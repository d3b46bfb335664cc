import { describe, expect, it } from '@jest/globals';
import { readSampleOptions } from './sample-options.js';

describe('The options of npm run capacity', () => {
  it('have defaults, and are whole numbers', () => {
    expect(readSampleOptions(['--sessions', '400', '--json'])).toEqual({
      sample: { sessions: 400, contacts: 20, idleSeconds: 120, signals: 40_000, signalsPerSecond: 2_000 },
      mode: 'costs',
      gateways: 2,
      redis: 'single',
      json: true,
    });
  });

  it('have other defaults with --day and --growth', () => {
    expect(readSampleOptions(['--day'])).toMatchObject({
      mode: 'day',
      sample: { sessions: 10_000, contacts: 20, idleSeconds: 120, signals: 30_000, signalsPerSecond: 1_000 },
    });
    expect(readSampleOptions(['--growth', '--idle-seconds', '5'])).toMatchObject({
      mode: 'growth',
      sample: { sessions: 50_000, idleSeconds: 5 },
    });
    expect(readSampleOptions(['--storm'])).toMatchObject({ mode: 'storm' });
  });

  it.each([
    ['--sessions', 'many'],
    ['--sessions', '199'],
    ['--rate', '0'],
    ['--idle-seconds', '1.5'],
    ['--gateways', '1'],
    ['--redis', 'sentinel'],
    ['--day', '--storm'],
  ])('are refused before anything is measured: %s %s', (option, value) => {
    expect(readSampleOptions([option, value])).toMatchObject({ failed: true, text: expect.stringContaining(option) });
  });

  it('are printed for --help, and for an unknown option', () => {
    expect(readSampleOptions(['--help'])).toMatchObject({ failed: false, text: expect.stringContaining('--sessions') });
    expect(readSampleOptions(['--all'])).toMatchObject({ failed: true, text: expect.stringContaining('--sessions') });
  });
});
