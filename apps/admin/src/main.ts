#!/usr/bin/env node
import { wrAdmin } from './wr-admin.js';
import { isReaderNeeded } from './terminal.js';

process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // A command that needs its reader hears of it by its own write.
  if (isReaderNeeded(process.stdout)) return;
  // For others a reader that has seen enough (`| head`) is no failure.
  if (code === 'EPIPE') process.exit(0);
  process.stderr.write(`The output cannot be written (${code ?? 'no code'}): it is not whole.\n`);
  process.exit(1);
});
// Where it goes to the same reader (`2>&1 | head`) there is nobody to tell.
process.stderr.on('error', () => undefined);

const { stdout: out, stderr: err, stdin: input } = process;
// Standard input that is no terminal may be somebody else's, as in a loop over a file: it is left alone unless asked for.
const streams = { out, err, input, ...(input.isTTY && { keys: input }) };
process.exitCode = await wrAdmin(process.argv.slice(2), streams, process.env);
