import { readFile } from 'node:fs/promises';
import type { HaproxyProcess } from '@white-rabbit/testing';

/** A number of HAProxy's `/metrics`, of the first sample with that name and those labels. */
export async function metricOf(haproxy: HaproxyProcess, name: string, labels = ''): Promise<number> {
  const text = await haproxy.metrics();
  const sample = text.split('\n').find((line) => line.startsWith(`${name}{${labels}`) || line.startsWith(`${name} `));
  if (sample === undefined) throw new Error(`HAProxy has no metric ${name}{${labels}}.`);
  return Number(sample.slice(sample.lastIndexOf(' ') + 1));
}

/** Connections of clients that its newest process has now. */
export function clientConnections(haproxy: HaproxyProcess): Promise<number> {
  return metricOf(haproxy, 'haproxy_frontend_current_sessions', 'proxy="clients"');
}

/** Connections of clients that its limits for one source have refused. */
export function deniedConnections(haproxy: HaproxyProcess): Promise<number> {
  return metricOf(haproxy, 'haproxy_frontend_denied_connections_total', 'proxy="clients"');
}

/** Open connections of each server, in their order. */
export async function serverConnections(haproxy: HaproxyProcess): Promise<number[]> {
  const text = await haproxy.metrics();
  return [...text.matchAll(/^haproxy_server_current_sessions\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
}

/** Pids of its running workers: one, and after a reload those that still have connections. */
export async function workersOf(haproxy: HaproxyProcess): Promise<number[]> {
  const children = await readFile(`/proc/${haproxy.pid}/task/${haproxy.pid}/children`, 'utf8');
  return children.trim().split(/\s+/).map(Number);
}
