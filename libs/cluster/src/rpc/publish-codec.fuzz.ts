import { fuzz } from '@white-rabbit/testing/fuzz';
import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import type { NodeMessage } from './node-message.js';
import { decodePublish, encodeHeader, encodeMessage, type Publish } from './publish-codec.js';

const header = { from: 'node-1' as NodeId, sequence: 7, sentMs: 12, wallMs: 1_790_000_000_000 };
const between = { call: 'call-0001' as CallId, from: 'session-1' as SessionId, to: 'session-2' as SessionId };

const MESSAGES: readonly NodeMessage[] = [
  { kind: 'ring', ...between, peer: 'peer-0001' as PeerId },
  { kind: 'ring', ...between, peer: 'peer-0001' as PeerId, resumes: 'call-0000' as CallId },
  { kind: 'accept', ...between },
  { kind: 'reject', ...between, reason: 'busy' },
  { kind: 'end', ...between, reason: 'timeout' },
  { kind: 'signal', ...between, signal: '{"candidate":"é\\n"}' },
  { kind: 'response', runs: [{ answer: 'ok', first: 1, last: 3 }] },
  { kind: 'displaced', session: between.from },
  { kind: 'drain' },
  { kind: 'probe' },
];

const written = ({ messages, ...head }: Publish): string =>
  encodeHeader(head) +
  messages.map(({ message, id, patienceMs }) => (message ? encodeMessage(message, id, patienceMs) : '')).join('');

fuzz({
  name: 'the node messages of a publish',
  cases: new URL('publish-codec.fuzz-cases/', import.meta.url),
  seeds: [...MESSAGES.map((message) => encodeHeader(header) + encodeMessage(message, 9, 50)), encodeHeader(header)],
  tokens: [' ', '\n', '1 ', '2 ', '0', '9007199254740993', '-1', 'ok', 'signal', 'response', 'probe', 'busy'],
  run: (input) => {
    const publish = decodePublish(input);
    if (typeof publish === 'string') return publish;
    const known = publish.messages.filter(({ message }) => message !== undefined);
    // What was understood must mean the same to the next reader.
    const again = decodePublish(written({ ...publish, messages: known }));
    if (JSON.stringify(again) !== JSON.stringify({ ...publish, messages: known }))
      throw new Error('The messages of a publish changed when they were written and read again.');
    return publish.messages
      .map(({ message }) => message?.kind ?? 'unknown')
      .join(' ')
      .slice(0, 80);
  },
});
