import { describe, expect, it } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { LINKS_MAX, NodeLinks } from './node-links.js';

const node = (name: number) => `node-${name}` as NodeId;

/** As many links as are kept at most. */
function fullTable(): NodeLinks {
  const links = new NodeLinks();
  for (let name = 0; name < LINKS_MAX; name += 1) links.of(node(name));
  return links;
}

describe('The links to other nodes', () => {
  it('are kept for each node', () => {
    const links = new NodeLinks();
    links.of(node(1)).received = 5;
    expect([links.of(node(1)).received, links.of(node(2)).received]).toEqual([5, 0]);
  });

  it('replace the oldest idle link when there are too many', () => {
    const links = fullTable();
    links.of(node(0)).outbox.add('drain 0 0\n', 0);
    for (const name of [0, 1, 2]) links.of(node(name)).received = 5;
    links.of(node(LINKS_MAX));
    expect([0, 1, 2].map((name) => links.of(node(name)).received)).toEqual([5, 0, 0]);
    expect([...links]).toHaveLength(LINKS_MAX);
  });

  it('continue above every number that was used, so that the other node drops nothing as repeated', () => {
    const links = fullTable();
    links.of(node(0)).sent = 20;
    links.of(node(0)).requests.lastId = 30;
    links.of(node(LINKS_MAX));
    const again = links.of(node(0));
    expect([again.sent, again.requests.lastId]).toEqual([30, 30]);
  });
});
