import type { CpuProfile, ProfileNode } from './inspector.js';

/** Time in code that has no file: reads, writes and waits of the event loop, in Node, libuv and the kernel. */
export const NATIVE = 'native code';
export const GC = 'garbage collector';
const OTHER = 'other';
const IDLE = /^\((?:idle|root)\)$/;

/** Native functions that write to a socket; what their callers do is counted where the caller is. */
const SOCKET_CALL = /^(?:writev|write\w*String|writeBuffer|readStart|shutdown|close)$/;

/** First match counts. */
const GROUPS: readonly (readonly [group: string, file: RegExp, functionName?: RegExp])[] = [
  ['ws: send', /node_modules\/ws\/lib\/sender/],
  ['ws: send', /node_modules\/ws\/lib\/websocket\.js$/, /^send/],
  ['ws: receive', /node_modules\/ws\//],
  ['Node: streams, net, timers', /^node:/],
  ['decode: libs/protocol', /\/libs\/protocol\//],
  ['gateway: transport', /\/apps\/gateway\/\w+\/transport\//],
  ['gateway: events', /\/apps\/gateway\/\w+\/events\//],
  ['libs/signaling', /\/libs\/signaling\//],
  ['libs/cluster', /\/libs\/cluster\//],
  ['gateway: telemetry', /\/apps\/gateway\/\w+\/telemetry\//],
];

/** Part of the busy time of the main thread that each group of files used, 0 to 1. */
export function sharesByGroup({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const groups = groupOfEachNode(nodes);
  const times = new Map<string, number>();
  let busyUs = 0;
  for (const [index, id] of samples.entries()) {
    const group = groups.get(id);
    if (group === undefined) continue;
    const us = timeDeltas[index] ?? 0;
    busyUs += us;
    times.set(group, (times.get(group) ?? 0) + us);
  }
  return new Map([...times].map(([group, us]) => [group, us / busyUs]));
}

/** Idle nodes have none. */
function groupOfEachNode(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const groups = new Map<number, string>();
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  // V8 lists a parent before its children.
  for (const { id, callFrame } of nodes) {
    const group = groupOf(callFrame, groups.get(parents.get(id) ?? -1));
    if (group !== undefined) groups.set(id, group);
  }
  return groups;
}

function groupOf({ functionName, url }: ProfileNode['callFrame'], callerGroup: string | undefined): string | undefined {
  if (IDLE.test(functionName)) return undefined;
  if (functionName === '(garbage collector)') return GC;
  if (functionName === '(program)') return NATIVE;
  if (url === '') return SOCKET_CALL.test(functionName) ? NATIVE : (callerGroup ?? NATIVE);
  return GROUPS.find(([, file, name]) => file.test(url) && (name?.test(functionName) ?? true))?.[0] ?? OTHER;
}
