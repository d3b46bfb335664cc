import { spawn } from 'node:child_process';

/**
 * Starts a shell that waits for the end of its standard input, which comes whenever and however this process ends, and
 * then kills that other process. Returns the function to call once the other process has ended by itself, because its
 * pid may be reused from then on.
 */
export function killWithParent(pid: number): () => void {
  const script = 'cat >/dev/null; kill -KILL "$1" 2>/dev/null';
  const watcher = spawn('sh', ['-c', script, 'sh', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  return () => {
    watcher.kill('SIGKILL');
    watcher.stdin.destroy();
  };
}
