/** CPU time that a Redis has used so far, ms, by its own account: it may run in a container. `info` is its answer to INFO. */
export function redisCpuMs(info: string): number {
  return (redisField(info, 'used_cpu_user') + redisField(info, 'used_cpu_sys')) * 1000;
}

/** A number in Redis' answer to INFO. NaN if it has none of that name. */
export function redisField(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(.+)$`, 'm').exec(info)?.[1] ?? Number.NaN);
}
