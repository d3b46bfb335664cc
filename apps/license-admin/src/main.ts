#!/usr/bin/env node
import { licenseAdmin } from './license-admin.js';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const { stdout: out, stderr: err, stdin: keys } = process;
// Standard input that is no terminal may be somebody else's, as in a loop over a file: it is left alone.
const streams = { out, err, ...(keys.isTTY && { keys }) };
process.exitCode = await licenseAdmin(process.argv.slice(2), streams, process.env);
