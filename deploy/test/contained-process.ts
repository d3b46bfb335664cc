import { findProgram, ManagedProcess } from '@white-rabbit/testing';
import type { BuiltImage } from './buildah.js';

/** What to run in an image. */
export interface ContainedOptions {
  /** Instead of the image's entry point and command. */
  readonly command?: readonly string[];
  /** Arguments to the entry point, instead of the image's command. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folder of a memory cgroup to be in. */
  readonly cgroup?: string;
}

/** In a mount namespace of its own: the image's files, which cannot be written to, and this machine's network. */
const SCRIPT = `
root=$1 user=$2 cgroup=$3; shift 3
[ -z "$cgroup" ] || echo $$ > "$cgroup/cgroup.procs"
mount --bind "$root" "$root"
mount --bind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -o remount,bind,ro "$root"
exec chroot --userspec="$user" --groups="\${user#*:}" "$root" "$@"`;

/** Starts the image's program as its user, with a read-only root: what `docker run --read-only` does, as far as it matters here. */
export async function startContained(
  { config, root }: BuiltImage,
  options: ContainedOptions = {},
): Promise<ManagedProcess> {
  const { command = [...config.Entrypoint, ...(options.args ?? config.Cmd ?? [])], env = {}, cgroup = '' } = options;
  const unshare = await findProgram('unshare');
  if (unshare === undefined) throw new Error('unshare is missing (Debian: apt-get install util-linux).');
  const imageEnv = config.Env.map((variable) => variable.split(/=(.*)/s, 2) as [string, string]);
  return new ManagedProcess({
    name: command.join(' '),
    command: unshare,
    args: ['--mount', '--propagation', 'private', 'sh', '-euc', SCRIPT, 'sh', root, config.User, cgroup, ...command],
    env: { ...Object.fromEntries(imageEnv), ...env },
  });
}

/** Runs it to its end. @returns what it wrote, and its exit code. */
export async function runContained(
  image: BuiltImage,
  options: ContainedOptions = {},
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const own = await startContained(image, options);
  const { code } = await own.exited;
  return { code, lines: own.lines };
}
