import { useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { Static, Text, useAnimation, useWindowSize } from 'ink';
import type { Tone } from '../screen.js';
import { Frame } from './frame.js';
import type { LogEntry, ScreenStore } from './screen-store.js';

const SECOND_MS = 1_000;

/** The whole screen: the log scrolls upwards, and a frame below it shows the current state. */
export function App({ store }: { readonly store: ScreenStore }): ReactNode {
  const { log, view, typed } = useSyncExternalStore(store.subscribe, store.snapshot);
  const size = useWindowSize();
  // The screen shows a countdown in seconds and is drawn again each second while it runs.
  useAnimation({ interval: SECOND_MS, isActive: view?.server.name === 'waiting' });
  useEffect(() => store.drawn(log));
  return (
    <>
      <Static key={log.generation} items={[...log.entries]}>
        {(entry, index) => <LogLine key={index} entry={entry} />}
      </Static>
      {view && <Frame view={view} typed={typed} size={size} nowMs={performance.now()} />}
    </>
  );
}

const COLORS: Readonly<Record<Exclude<Tone, 'quiet'>, string>> = { good: 'green', bad: 'red', ring: 'yellow' };

/** An entry of the log: a notice, lines as they are, or a text. */
function LogLine({ entry }: { readonly entry: LogEntry }): ReactNode {
  if (entry.kind === 'notice') return <NoticeLine text={entry.text} tone={entry.tone} />;
  if (entry.kind === 'lines') return <PlainLines lines={entry.lines} />;
  return entry.lines.map((line, index) => (
    <Text key={index}>
      <Text bold color={entry.own ? 'blue' : 'cyan'}>
        {entry.name}:
      </Text>{' '}
      {line}
    </Text>
  ));
}

/** Light on dark, whatever the theme of the terminal: a QR code must not be inverted. */
function PlainLines({ lines }: { readonly lines: readonly string[] }): ReactNode {
  return lines.map((line, index) => (
    <Text key={index} color="whiteBright" backgroundColor="black" wrap="hard">
      {line}
    </Text>
  ));
}

function NoticeLine({ text, tone }: { readonly text: string; readonly tone: Tone }): ReactNode {
  return tone === 'quiet' ? <Text dimColor>* {text}</Text> : <Text color={COLORS[tone]}>* {text}</Text>;
}
