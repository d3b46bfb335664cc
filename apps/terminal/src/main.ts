#!/usr/bin/env node
import { runTerminal } from './run-terminal.js';

// After a closed pipe (`| head`) or terminal the program stops as after a signal, and its exit code says what it has done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') process.exit(1);
});

const exitCode = await runTerminal(process.argv.slice(2), { input: process.stdin, output: process.stdout }, (stop) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
});
// Do not wait for the sockets of werift to close.
process.stdout.write('', () => process.exit(exitCode));
