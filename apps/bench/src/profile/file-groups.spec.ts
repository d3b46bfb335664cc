import { describe, expect, it } from '@jest/globals';
import { GC, NATIVE, sharesByGroup } from './file-groups.js';

const WS = 'file:///app/node_modules/ws/lib/websocket.js';

/** A profile in which each function, called by the one before it, was seen once for 10 µs. */
function sharesOf(...frames: readonly (readonly [functionName: string, url: string])[]): Record<string, number> {
  const nodes = frames.map(([functionName, url], id) => ({
    id,
    callFrame: { functionName, url },
    children: id + 1 < frames.length ? [id + 1] : [],
  }));
  return Object.fromEntries(
    sharesByGroup({ nodes, samples: nodes.map(({ id }) => id), timeDeltas: nodes.map(() => 10) }),
  );
}

describe('The groups of files in a profile', () => {
  it.each([
    ['onMessage', 'file:///app/node_modules/ws/lib/receiver.js', 'ws: receive'],
    ['socketOnData', WS, 'ws: receive'],
    ['send', WS, 'ws: send'],
    ['sendFrame', 'file:///app/node_modules/ws/lib/sender.js', 'ws: send'],
    ['emit', 'node:events', 'Node: streams, net, timers'],
    ['decode', 'file:///app/libs/protocol/dist/decode.js', 'decode: libs/protocol'],
    ['onFrame', 'file:///app/apps/gateway/dist/transport/inbox.js', 'gateway: transport'],
    ['signal', 'file:///app/apps/gateway/dist/events/signal.js', 'gateway: events'],
    ['query', 'file:///app/node_modules/pg/lib/query.js', 'other'],
    ['(garbage collector)', '', GC],
    ['(program)', '', NATIVE],
    ['writev', '', NATIVE],
  ])('count %s of %s as %s', (name, url, group) => {
    expect(sharesOf([name, url])).toEqual({ [group]: 1 });
  });

  it('count a built-in function with the file that called it', () => {
    expect(sharesOf(['decode', 'file:///app/libs/protocol/dist/decode.js'], ['parse', ''])).toEqual({
      'decode: libs/protocol': 1,
    });
  });

  it('leave out the time in which the process was idle', () => {
    expect(sharesOf(['(root)', ''], ['(idle)', ''], ['emit', 'node:events'])).toEqual({
      'Node: streams, net, timers': 1,
    });
  });
});
