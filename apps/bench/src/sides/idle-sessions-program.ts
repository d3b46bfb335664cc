import { each, Sockets } from '../load/sockets.js';
import type { SourcedOrder } from './idle-sessions.js';
import { WIRES } from './wires.js';

// Registers the clients of one order, reports it, and answers heartbeats until its parent ends.

process.once('message', (message) => {
  const { wire, urls, names, source } = message as SourcedOrder;
  const sockets = urls.map((url) => new Sockets(url, WIRES[wire], source));
  void each(names.length, async (index) => sockets[index % sockets.length]?.open(names[index] ?? '')).then(() =>
    process.send?.('registered'),
  );
});
process.once('disconnect', () => process.exit());
