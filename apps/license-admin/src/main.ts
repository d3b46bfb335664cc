#!/usr/bin/env node
import { licenseAdmin } from './license-admin.js';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await licenseAdmin(process.argv.slice(2), { out: process.stdout, err: process.stderr }, process.env);
