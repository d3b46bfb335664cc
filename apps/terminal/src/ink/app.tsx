import { useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { Static, useAnimation, useWindowSize } from 'ink';
import { Frame } from './frame.js';
import { LogLine } from './log-line.js';
import type { ScreenStore } from './screen-store.js';

const SECOND_MS = 1_000;

/** The whole screen: what was told and said scrolls away upwards, and below it a frame shows how things are. */
export function App({ store }: { readonly store: ScreenStore }): ReactNode {
  const { log, view, typed } = useSyncExternalStore(store.subscribe, store.snapshot);
  const size = useWindowSize();
  // Seconds are counted down on the screen: it is drawn again each second for as long as there are any.
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
