#!/usr/bin/env node
// The program of `npm run conformance`.
import { conformance } from './conformance.js';

// A closed pipe (`| head`) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await conformance(process.argv.slice(2), { out: process.stdout, err: process.stderr });
