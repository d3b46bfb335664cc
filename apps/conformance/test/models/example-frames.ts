import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isClientEvent, schemaName } from '@white-rabbit/protocol';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { parse } from 'yaml';
import { docScript } from '../doc-script.js';

/** A frame and the name of its type. */
export interface ExampleFrame {
  readonly type: string;
  readonly text: string;
}

/** Fields that neither the published examples nor docs/protocol.md show. */
const MORE: readonly (readonly ['client' | 'server', object])[] = [
  [
    'client',
    { event: 'register', data: { license_key: 'WR1', device_id: 'device-1', peer_id: 'peer-1', transfer: true } },
  ],
  ['client', { event: 'call', data: { peer_id: 'peer-2', call_id: 'call-0002', resumes: 'call-0001' }, ref: '1' }],
  ['client', { event: 'signal', data: { call_id: 'call-0001', signal: { list: [1, null, { deep: '<&>' }], n: 1.5 } } }],
  ['server', { event: 'ring', data: { call_id: 'call-0002', peer_id: 'peer-2', resumes: 'call-0001' } }],
  [
    'server',
    {
      event: 'ack',
      data: { ice_servers: [{ urls: ['stun:a'] }, { urls: ['turn:a'], username: 'u', credential: 'c' }] },
      ref: '1',
    },
  ],
  [
    'server',
    {
      event: 'error',
      data: { code: 'rate_limited', message: 'm', event: 'call', call_id: 'call-0001', retry_after_ms: 1500 },
    },
  ],
  ['server', { event: 'hangup', data: { call_id: 'call-0001', peer_id: 'peer-2', reason: 'peer_offline' } }],
];

/** The examples of docs/asyncapi.yaml and docs/protocol.md, and frames with the other fields. */
export function exampleFrames(): readonly ExampleFrame[] {
  const more = MORE.map(([side, frame]) => exampleOf(side, JSON.stringify(frame)));
  return [...publishedFrames(), ...more, ...shownFrames()];
}

interface Messages {
  readonly components: { readonly messages: Readonly<Record<string, { readonly examples: [{ payload: object }] }>> };
}

function publishedFrames(): readonly ExampleFrame[] {
  // Cast: a generated file, whose text another test compares with what it is generated from.
  const { components } = parse(readFileSync(join(REPOSITORY_ROOT, 'docs/asyncapi.yaml'), 'utf8')) as Messages;
  return Object.entries(components.messages).map(([name, { examples }]) =>
    exampleOf(name.startsWith('client.') ? 'client' : 'server', JSON.stringify(examples[0].payload)),
  );
}

function shownFrames(): readonly ExampleFrame[] {
  const document = readFileSync(join(REPOSITORY_ROOT, 'docs/protocol.md'), 'utf8');
  return docScript(document).flatMap((step) => {
    // Without the examples of what a server refuses.
    if (step.does === 'send') return isValid(step.text) ? exampleOf('client', step.text) : [];
    return step.does === 'receive' ? exampleOf('server', step.text) : [];
  });
}

function isValid(text: string): boolean {
  return text.startsWith('{') && isClientEvent(eventOf(text));
}

function exampleOf(side: 'client' | 'server', text: string): ExampleFrame {
  return { type: schemaName(side, eventOf(text)), text };
}

function eventOf(text: string): string {
  // Cast: a frame of the documentation. A wrong one has no type.
  return (JSON.parse(text) as { readonly event: string }).event;
}
