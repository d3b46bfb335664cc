#!/usr/bin/env node
import { wrAdmin } from './wr-admin.js';
import { isReaderNeeded } from './terminal.js';

process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // A command that needs its reader receives the error from its own write.
  if (isReaderNeeded(process.stdout)) return;
  // For other commands a reader that ends early (`| head`) is no failure.
  if (code === 'EPIPE') process.exit(0);
  process.stderr.write(`The output cannot be written (${code ?? 'no code'}): it is incomplete.\n`);
  process.exit(1);
});
// If both streams have one reader (`2>&1 | head`), there is no place to report to.
process.stderr.on('error', () => undefined);

const { stdout: out, stderr: err, stdin: input } = process;
// Standard input that is not a terminal may belong to the calling script (a loop over a file): only `import -` reads it.
const streams = { out, err, input, ...(input.isTTY && { keys: input }) };
process.exitCode = await wrAdmin(process.argv.slice(2), streams, process.env);
