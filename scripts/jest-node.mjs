// Jest runs native ES modules with a flag of Node, and MikroORM and Nest need the Node of the workspace. An editor or
// `npx jest` gives neither: then this starts Jest again, with both. Each Jest configuration imports it through jest.preset.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const FLAG = '--experimental-vm-modules';

if (vm.SourceTextModule === undefined) {
  const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  const node = existsSync(own) ? own : process.execPath;
  const args = [FLAG, ...process.execArgv, ...process.argv.slice(1)];
  // The same process goes on as the new one, so that signals and an editor's process id stay right. Node 20 has no execve.
  process.removeAllListeners('warning');
  process.execve?.(node, [node, ...args], process.env);
  const { status } = spawnSync(node, args, { stdio: 'inherit' });
  process.exit(status ?? 1);
}
