import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** Stands between a client and a server; can go silent as a network does that drops every packet. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that are open now stay open and carry nothing any more, not even their end. New ones work. */
  freeze(): void;
  /** The same, and new ones are taken and carry nothing either. */
  blackhole(): void;
  /** Connections are reset, those that are open now and new ones. */
  reset(): void;
  /** New connections work again. */
  pass(): void;
  close(): void;
}

/** A proxy on loopback to a port on loopback. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let fault: 'none' | 'blackhole' | 'reset' = 'none';
  const server = createServer({ allowHalfOpen: true }, (near) => {
    near.on('error', () => undefined);
    if (fault === 'reset') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    far.on('error', () => undefined);
    if (fault === 'none') near.pipe(far).pipe(near);
    pairs.add([near, far]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const freeze = (): void => {
    for (const [near, far] of pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    freeze,
    blackhole: () => {
      fault = 'blackhole';
      freeze();
    },
    reset: () => {
      fault = 'reset';
      for (const sockets of pairs) for (const socket of sockets) socket.resetAndDestroy();
    },
    pass: () => {
      fault = 'none';
    },
    close: () => {
      server.close();
      for (const sockets of pairs) for (const socket of sockets) socket.destroy();
    },
  };
}
