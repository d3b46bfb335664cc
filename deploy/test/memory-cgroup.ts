import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@white-rabbit/testing';

/** The two generations of cgroups: where groups with a memory limit may be made, and the file that has the limit. */
const KINDS = [
  { parent: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
  { parent: '/sys/fs/cgroup', limit: 'memory.max' },
] as const;

/**
 * Lets `use` start processes in a cgroup with that limit, in bytes, and removes it once they have ended.
 *
 * @returns `undefined`, and `use` was not called, if this machine allows no cgroups.
 */
export async function withMemoryLimit<T>(bytes: number, use: (cgroup: string) => Promise<T>): Promise<T | undefined> {
  for (const { parent, limit } of KINDS) {
    const cgroup = join(parent, `wr-test-${process.pid}`);
    if (!(await make(cgroup, limit, bytes))) continue;
    try {
      return await use(cgroup);
    } finally {
      await eventually('the cgroup is empty', async () => {
        await rmdir(cgroup);
        return true;
      });
    }
  }
  return undefined;
}

async function make(cgroup: string, limit: string, bytes: number): Promise<boolean> {
  try {
    await mkdir(cgroup);
  } catch {
    return false;
  }
  try {
    // Made by the kernel with the folder, where the controller is on.
    if (!existsSync(join(cgroup, limit))) throw new Error('no memory controller');
    await writeFile(join(cgroup, limit), String(bytes));
    return Number(await readFile(join(cgroup, limit), 'utf8')) === bytes;
  } catch {
    await rmdir(cgroup);
    return false;
  }
}
