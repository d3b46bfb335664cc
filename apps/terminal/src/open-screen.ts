import { PlainScreen } from './plain-screen.js';
import type { Screen, Streams } from './screen.js';

/** The screen for these streams: one that is drawn, where a person sits at a terminal that can do that; else plain lines. */
export async function openScreen(streams: Streams, environment: NodeJS.ProcessEnv): Promise<Screen> {
  const canBeDrawnOn = streams.input.isTTY === true && streams.output.isTTY === true && environment['TERM'] !== 'dumb';
  if (!canBeDrawnOn) return new PlainScreen(streams);
  // Both are read once, when Ink is loaded: React's build for users, and colours, for which Ink knows this name only.
  environment['NODE_ENV'] = 'production';
  if (environment['NO_COLOR']) environment['FORCE_COLOR'] = '0';
  const { InkScreen } = await import('./ink/ink-screen.js');
  return new InkScreen(streams);
}
