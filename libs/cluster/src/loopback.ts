import { isIP } from 'node:net';

/** Whether an address reaches this machine alone. A name other than `localhost` might be any machine: it does not count. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
