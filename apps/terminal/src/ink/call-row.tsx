import type { ReactNode } from 'react';
import { Text } from 'ink';
import type { Stage } from '../stage.js';
import type { CallView } from '../view.js';
import { clipped } from './contact-rows.js';

interface Words {
  readonly before: string;
  readonly after: string;
  readonly color: string;
}

const WORDS: Readonly<Record<Stage, Words>> = {
  calling: { before: '… calling ', after: '', color: 'yellow' },
  'ringing there': { before: '… ringing at ', after: '', color: 'yellow' },
  'ringing here': { before: '', after: ' is calling: accept? [y/n]', color: 'yellow' },
  connecting: { before: '… looking for a way to ', after: '', color: 'yellow' },
  talking: { before: '↔ talking to ', after: '', color: 'green' },
  interrupted: { before: '… interrupted: ', after: '', color: 'red' },
};

/** The call there is, or the question whether there shall be one: the name is cut, so that the question never is. */
export function CallRow({ call, columns }: { readonly call: CallView; readonly columns: number }): ReactNode {
  const { before, after, color } = WORDS[call.stage];
  const name = clipped(call.name, Math.max(1, columns - before.length - after.length));
  return (
    <Text wrap="truncate" color={color} bold={call.stage === 'ringing here'}>
      {before}
      {name}
      {after}
    </Text>
  );
}
