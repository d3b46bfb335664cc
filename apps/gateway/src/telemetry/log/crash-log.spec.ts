import { describe, expect, it } from '@jest/globals';
import { placesIn } from './crash-log.js';

describe('The positions of a fault', () => {
  it('are files and lines, without folders and without the message of the error', () => {
    const fault = new Error('canary-peer\n    at canary-device (canary-key)');
    const frames = [
      '    at answer (file:///opt/somewhere/dist/handlers/calls.js:10:5)',
      '    at file:///opt/somewhere/dist/socket/inbox.js:3:1',
      '    at new Promise (<anonymous>)',
      '    at async Loop.run (node:internal/process/task_queues:105:5)',
    ];
    fault.stack = `Error: ${fault.message}\n${frames.join('\n')}`;
    expect(placesIn(fault)).toBe('handlers/calls.js:10:5 < socket/inbox.js:3:1');
  });

  it('are limited in number', () => {
    const fault = new Error('deep');
    fault.stack = `Error: deep\n${'    at f (/a/b/c.js:1:1)\n'.repeat(50)}`;
    expect(placesIn(fault)?.split(' < ')).toHaveLength(4);
  });

  it('are absent for a value that is no error', () => {
    expect(placesIn('canary-peer')).toBeUndefined();
  });
});
