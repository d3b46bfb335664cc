import type { ReactNode } from 'react';
import { Box, Text, useCursor } from 'ink';
import { PROMPT, type TypedLine } from './line-editor.js';

interface InputRowsProps {
  readonly typed: TypedLine;
  /** Rows above it, of all that is drawn. */
  readonly top: number;
  readonly columns: number;
  readonly rowsAtMost: number;
}

/** The line that is typed, folded where it is long; of a very long one the rows around the cursor. The cursor is the terminal's own. */
export function InputRows({ typed, top, columns, rowsAtMost }: InputRowsProps): ReactNode {
  const { setCursorPosition } = useCursor();
  const above = Math.max(0, typed.row + 1 - rowsAtMost);
  setCursorPosition({ x: typed.column, y: top + typed.row - above });
  return (
    <Box width={columns} maxHeight={rowsAtMost} overflowY="hidden" contentOffsetY={above}>
      {/* The cursor of a line that fills its last row stands in the next. */}
      <Box minHeight={typed.row + 1} flexShrink={0} width={columns}>
        <Text wrap="hard">{PROMPT + typed.text}</Text>
      </Box>
    </Box>
  );
}
