import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { readPeerSignal } from './peer-signal.js';

const protocol = readFileSync(join(REPOSITORY_ROOT, 'docs/protocol.md'), 'utf8');
const section = protocol.slice(protocol.indexOf('\n## 11. '));
const examples = (/```text\n([^`]*)```/.exec(section)?.[1] ?? '').trim().split('\n');

describe('readPeerSignal', () => {
  it('reads every field that docs/protocol.md, section 11, describes', () => {
    const fields = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field);
    const shown = examples.flatMap((text) => Object.keys(JSON.parse(text) as object));
    expect(shown).toEqual(fields);
  });

  it.each(examples)('reads the example %s whole', (text) => {
    const signal = JSON.parse(text) as object;
    expect(readPeerSignal(signal)).toEqual({ candidates: [], ...signal });
  });

  it('reads the first 100 candidates', () => {
    const candidate = { candidate: 'candidate:1', sdpMid: null, sdpMLineIndex: 0 };
    const signal = { candidates: Array.from({ length: 101 }, () => candidate) };
    expect(readPeerSignal(signal).candidates).toHaveLength(100);
  });

  it.each([
    { description: 'v=0' },
    { description: { type: 'rollback', sdp: '' } },
    { description: null, candidates: {} },
    { candidates: [null, 'candidate:1', { candidate: 1, sdpMid: null, sdpMLineIndex: null }, { candidate: '' }] },
    { resume: 'yes' },
  ])('leaves out what is malformed: %j', (signal) => {
    expect(readPeerSignal(signal)).toEqual({ candidates: [] });
  });
});
