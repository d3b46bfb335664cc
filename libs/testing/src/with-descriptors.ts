/** The command with a limit of open file descriptors, if one is given. It needs `prlimit` (util-linux). */
export function withDescriptors(
  command: [string, ...string[]],
  descriptors: number | undefined,
): [string, ...string[]] {
  return descriptors === undefined ? command : ['prlimit', `--nofile=${descriptors}:${descriptors}`, ...command];
}
