import 'reflect-metadata';

/** Required by MikroORM and Nest; older versions fail with unclear errors. */
const OLDEST_NODE = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`Node ${OLDEST_NODE} or later is needed. npm start brings its own.\n`);
  process.exit(2);
}

const { runCommandLine } = await import('./command-line.js');
process.exitCode = await runCommandLine(process.argv.slice(2), process.env);

// After a drain the process ends on its own when its last sockets are closed. After a failed start, connections to
// the back ends may already be open: they would keep the process running, and the platform would not restart it.
if (process.exitCode !== 0) process.exit();
