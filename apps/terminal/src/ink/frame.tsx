import type { ReactNode } from 'react';
import { Box, type WindowSize } from 'ink';
import type { View } from '../view.js';
import { CallRow } from './call-row.js';
import { contactRows } from './contact-rows.js';
import { ContactsRow } from './contacts-row.js';
import { InputRows } from './input-rows.js';
import type { TypedLine } from './line-editor.js';
import { StatusRow } from './status-row.js';

/** What a frame is drawn from. */
export interface FrameProps {
  readonly view: View;
  readonly typed: TypedLine;
  readonly size: WindowSize;
  /** By `performance.now()`. */
  readonly nowMs: number;
}

/** Most rows of contacts, and of what is typed; a third of a low terminal. */
const MOST_ROWS = 4;

/**
 * How things are: the server, the contacts, the call, and the line that is typed. Always lower than the terminal: what
 * is higher would have to be drawn by clearing all of it.
 */
export function Frame({ view, typed, size: { columns, rows }, nowMs }: FrameProps): ReactNode {
  const rowsAtMost = Math.max(1, Math.min(MOST_ROWS, Math.floor((rows - 4) / 3)));
  const contacts = contactRows(view.contacts, columns - 1, rowsAtMost);
  const rowsAbove = 2 + contacts.length + (view.call ? 1 : 0);
  return (
    <Box flexDirection="column" paddingTop={1}>
      {/* No row reaches the last column: a terminal that gets narrower would fold it. */}
      <Box width={columns - 1}>
        <StatusRow me={view.me} server={view.server} nowMs={nowMs} />
      </Box>
      {contacts.map((row, index) => (
        <ContactsRow key={index} row={row} />
      ))}
      {view.call && <CallRow call={view.call} columns={columns - 1} />}
      <InputRows typed={typed} top={rowsAbove} columns={columns - 1} rowsAtMost={rowsAtMost} />
    </Box>
  );
}
