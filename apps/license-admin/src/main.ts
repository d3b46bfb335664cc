#!/usr/bin/env node
import { licenseAdmin } from './license-admin.js';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0);
  process.stderr.write(`The output cannot be written (${code ?? 'no code'}): it is not whole.\n`);
  process.exit(1);
});

const { stdout: out, stderr: err, stdin: keys } = process;
// Standard input that is no terminal may be somebody else's, as in a loop over a file: it is left alone.
const streams = { out, err, ...(keys.isTTY && { keys }) };
process.exitCode = await licenseAdmin(process.argv.slice(2), streams, process.env);
