import type { ReactNode } from 'react';
import { Text } from 'ink';
import type { ServerView } from '../view.js';

interface StatusRowProps {
  readonly me: string;
  readonly server: ServerView;
  readonly nowMs: number;
}

/** Whose terminal it is, and how it is between it and the server. */
export function StatusRow({ me, server, nowMs }: StatusRowProps): ReactNode {
  return (
    <Text wrap="truncate">
      <Text bold inverse>
        {` ${me} `}
      </Text>{' '}
      <Server server={server} nowMs={nowMs} />
    </Text>
  );
}

function Server({ server, nowMs }: Omit<StatusRowProps, 'me'>): ReactNode {
  switch (server.name) {
    case 'connecting':
      return <Text color="yellow">◌ connecting …</Text>;
    case 'online':
      return <Text color="green">● online</Text>;
    case 'waiting':
      return <Text color="yellow">◌ reconnecting in {secondsUntil(server.retryAtMs, nowMs)} s</Text>;
    case 'refused':
      return <Text color="red">✕ refused: {server.why}</Text>;
    case 'leaving':
      return <Text dimColor>◌ leaving …</Text>;
  }
}

/** Rounded up, so that it reaches 0 no sooner than the time is up. */
function secondsUntil(atMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}
