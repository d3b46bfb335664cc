import type { ReactNode } from 'react';
import { Text } from 'ink';
import type { Tone } from '../screen.js';
import type { LogEntry } from './screen-store.js';

const COLORS: Readonly<Record<Exclude<Tone, 'quiet'>, string>> = { good: 'green', bad: 'red', ring: 'yellow' };

/** Something that was told, or said by one of the two. */
export function LogLine({ entry }: { readonly entry: LogEntry }): ReactNode {
  if (entry.kind === 'note') return <Note text={entry.text} tone={entry.tone} />;
  return entry.lines.map((line, index) => (
    <Text key={index}>
      <Text bold color={entry.own ? 'blue' : 'cyan'}>
        {entry.name}:
      </Text>{' '}
      {line}
    </Text>
  ));
}

function Note({ text, tone }: { readonly text: string; readonly tone: Tone }): ReactNode {
  return tone === 'quiet' ? <Text dimColor>* {text}</Text> : <Text color={COLORS[tone]}>* {text}</Text>;
}
