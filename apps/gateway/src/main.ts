import 'reflect-metadata';

/** MikroORM and Nest need it; older ones fail with riddles. */
const OLDEST_NODE = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`Node ${OLDEST_NODE} or later is needed. npm start brings its own.\n`);
  process.exit(2);
}

const { runCommandLine } = await import('./command-line.js');
process.exitCode = await runCommandLine(process.argv.slice(2), process.env);

// A gateway that was drained ends by itself, once its last sockets have said good-bye. One that could not start may
// have connections to its back ends open already: they would hold the process for ever, and nobody would restart it.
if (process.exitCode !== 0) process.exit();
