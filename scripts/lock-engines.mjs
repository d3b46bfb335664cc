// Packages run on the Node that the workspace installs (.node-version), but npm compares their `engines` with the Node that
// runs npm, and warns of each that wants a newer one. This takes such a range out of package-lock.json if the Node of the
// workspace satisfies it. All others stay, so that npm still warns of a package that will not run. `npm run lock` writes,
// `npm run check:lock` fails if there is something to write. npm has no setting for it but to hide all of its warnings.
import { readFileSync, writeFileSync } from 'node:fs';
import semver from 'semver';

const LOCK = new URL('../package-lock.json', import.meta.url);
const text = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

const workspaceNode = text('../.node-version').trim();
const oldestNode = semver.minVersion(JSON.parse(text('../package.json')).engines.node);
const lock = JSON.parse(readFileSync(LOCK, 'utf8'));

const changed = Object.entries(lock.packages).filter(([path, { engines }]) => {
  const range = path.startsWith('node_modules/') ? engines?.node : undefined;
  return range !== undefined && semver.satisfies(workspaceNode, range) && !semver.satisfies(oldestNode, range);
});

if (process.argv.includes('--check')) {
  for (const [path, { engines }] of changed) console.error(`package-lock.json: ${path} asks for Node ${engines.node}`);
  if (changed.length > 0) console.error('npm ci would warn of these. Run: npm run lock');
  process.exitCode = changed.length > 0 ? 1 : 0;
} else {
  for (const [, entry] of changed) delete entry.engines;
  if (changed.length > 0) writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
}
