import type { ReactNode } from 'react';
import { Box, Text, useCursor, type WindowSize } from 'ink';
import type { CallPhase } from '@white-rabbit/client/chat';
import type { CallView, ContactView, ServerView, TransferView, View } from '../view.js';
import { clipped, contactRows, GAP_COLUMNS, type ContactRow } from './contact-rows.js';
import { PROMPT, type TypedLine } from './line-editor.js';

/** The state that a frame shows. */
export interface FrameProps {
  readonly view: View;
  readonly typed: TypedLine;
  readonly size: WindowSize;
  /** The current time of `performance.now()`. */
  readonly nowMs: number;
}

/** Maximum rows of contacts and of the typed line; a third of a low terminal. */
const MAX_ROWS = 4;

/**
 * Shows the server, the contacts, the call and the typed line. It is always lower than the terminal, because a higher frame
 * could only be redrawn by clearing the terminal.
 */
export function Frame({ view, typed, size: { columns, rows }, nowMs }: FrameProps): ReactNode {
  const maxRows = Math.max(1, Math.min(MAX_ROWS, Math.floor((rows - 4) / 3)));
  const contacts = contactRows(view.contacts, columns - 1, maxRows);
  const rowsAbove = 2 + contacts.length + (view.call ? 1 : 0) + (view.transfers.length > 0 ? 1 : 0);
  return (
    <Box flexDirection="column" paddingTop={1}>
      {/* No row uses the last column: a terminal that becomes narrower would fold it. */}
      <Box width={columns - 1}>
        <StatusRow me={view.me} server={view.server} nowMs={nowMs} />
      </Box>
      {contacts.map((row, index) => (
        <ContactsRow key={index} row={row} />
      ))}
      {view.call && <CallRow call={view.call} columns={columns - 1} />}
      <TransferRow transfers={view.transfers} columns={columns - 1} />
      <InputRows typed={typed} top={rowsAbove} columns={columns - 1} maxRows={maxRows} />
    </Box>
  );
}

interface StatusRowProps {
  readonly me: string;
  readonly server: ServerView;
  readonly nowMs: number;
}

/** The profile name and the state of the connection to the server. */
function StatusRow({ me, server, nowMs }: StatusRowProps): ReactNode {
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

/** Rounded up, so that 0 means that the time is over. */
function secondsUntil(atMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}

/** Readable without colors. */
const MARKS = { online: '●', offline: '○', unknown: '◌' } as const;

/** One row of contacts with their presence. */
function ContactsRow({ row: { contacts, others } }: { readonly row: ContactRow }): ReactNode {
  return (
    <Text wrap="truncate">
      {contacts.map((contact, index) => (
        <Text key={index}>
          {index > 0 && ' '.repeat(GAP_COLUMNS)}
          <Contact contact={contact} />
        </Text>
      ))}
      {others > 0 && <Text dimColor>{`  +${others} more`}</Text>}
    </Text>
  );
}

function Contact({ contact: { name, presence } }: { readonly contact: ContactView }): ReactNode {
  const text = `${MARKS[presence]} ${name}`;
  return presence === 'online' ? <Text color="green">{text}</Text> : <Text dimColor>{text}</Text>;
}

interface CallWords {
  readonly before: string;
  readonly after: string;
  readonly color: string;
}

const CALL_WORDS: Readonly<Record<CallPhase, CallWords>> = {
  calling: { before: '… calling ', after: '', color: 'yellow' },
  'ringing there': { before: '… ringing at ', after: '', color: 'yellow' },
  'ringing here': { before: '', after: ' is calling: accept? [y/n]', color: 'yellow' },
  connecting: { before: '… connecting to ', after: '', color: 'yellow' },
  talking: { before: '↔ talking to ', after: '', color: 'green' },
  interrupted: { before: '… interrupted: ', after: '', color: 'red' },
};

const SHORTEST_NAME = 8;
const SEAL_WORDS = { sealed: ' · sealed', open: ' · not sealed' } as const;

/** The seal of an open call, and how many texts the other peer has not confirmed. */
function detailsOf({ phase, isSealed, unconfirmed }: CallView): string {
  if (phase !== 'talking' && phase !== 'interrupted') return '';
  const seal = phase === 'talking' ? SEAL_WORDS[isSealed ? 'sealed' : 'open'] : '';
  return unconfirmed > 0 ? `${seal} · ${unconfirmed} not confirmed` : seal;
}

/** The current call or the question whether to accept it. A long name is cut, the question never is. */
function CallRow({ call, columns }: { readonly call: CallView; readonly columns: number }): ReactNode {
  const { before, after: words, color } = CALL_WORDS[call.phase];
  const details = detailsOf(call);
  // A narrow terminal shows the name; the log has the seal.
  const shortest = Math.min(SHORTEST_NAME, call.name.length);
  const after = before.length + shortest + details.length <= columns ? words + details : words;
  const name = clipped(call.name, Math.max(1, columns - before.length - after.length));
  return (
    <Text wrap="truncate" color={color} bold={call.phase === 'ringing here'}>
      {before}
      {name}
      {after}
    </Text>
  );
}

const ARROWS = { out: '↑', in: '↓' } as const;

/** The progress of the oldest file that is on its way, and the number of the others. */
function TransferRow({
  transfers,
  columns,
}: {
  readonly transfers: readonly TransferView[];
  readonly columns: number;
}) {
  const [first, ...others] = transfers;
  if (!first) return undefined;
  const before = `${ARROWS[first.direction]} `;
  const after = ` ${first.percent} %${others.length > 0 ? ` · +${others.length} more` : ''}`;
  const name = clipped(first.name, Math.max(1, columns - before.length - after.length));
  return (
    <Text wrap="truncate" color="cyan">
      {before}
      {name}
      {after}
    </Text>
  );
}

interface InputRowsProps {
  readonly typed: TypedLine;
  /** Number of rows above it in the frame. */
  readonly top: number;
  readonly columns: number;
  readonly maxRows: number;
}

/** The typed line, folded; of a very long line the rows around the cursor. Uses the cursor of the terminal. */
function InputRows({ typed, top, columns, maxRows }: InputRowsProps): ReactNode {
  const { setCursorPosition } = useCursor();
  const above = Math.max(0, typed.row + 1 - maxRows);
  setCursorPosition({ x: typed.column, y: top + typed.row - above });
  return (
    <Box width={columns} maxHeight={maxRows} overflowY="hidden" contentOffsetY={above}>
      {/* If a line fills its last row, the cursor is in the next row. */}
      <Box minHeight={typed.row + 1} flexShrink={0} width={columns}>
        <Text wrap="hard">{PROMPT + typed.text}</Text>
      </Box>
    </Box>
  );
}
