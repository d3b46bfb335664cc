import { PlainScreen } from './plain-screen.js';
import type { Screen, Streams } from './screen.js';

/** The screen for these streams: a drawn screen on a capable terminal, otherwise plain lines. */
export async function openScreen(streams: Streams, environment: NodeJS.ProcessEnv): Promise<Screen> {
  const canBeDrawnOn = streams.input.isTTY === true && streams.output.isTTY === true && environment['TERM'] !== 'dumb';
  if (!canBeDrawnOn) return new PlainScreen(streams);
  // Ink reads both once when it is loaded: the production build of React, and whether to use colors (FORCE_COLOR only).
  environment['NODE_ENV'] = 'production';
  if (environment['NO_COLOR']) environment['FORCE_COLOR'] = '0';
  const { InkScreen } = await import('./ink/ink-screen.js');
  return new InkScreen(streams);
}
