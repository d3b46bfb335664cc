import { spawn } from 'node:child_process';

/**
 * Lets a shell wait for the end of its standard input, which comes with the end of this process in whatever way, and
 * then kill that other process. Returns what to call once it has ended by itself: its pid may be another's by then.
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
