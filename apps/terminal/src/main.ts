#!/usr/bin/env node
import { runTerminal } from './run-terminal.js';

// A closed pipe (`| head`) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const exitCode = await runTerminal(process.argv.slice(2), { input: process.stdin, output: process.stdout }, (stop) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
});
// Do not wait for the sockets of werift to close.
process.stdout.write('', () => process.exit(exitCode));
