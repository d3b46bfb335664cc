import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const BRIDGE = 'wr-test';
const SERVER = '10.177.0.1';

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

/** Why this machine has no network namespaces for tests; empty if it has. */
export function whyNoNamespaces(): string {
  try {
    ip('link', 'add', BRIDGE, 'type', 'bridge');
    ip('link', 'delete', BRIDGE);
    return '';
  } catch {
    return 'Network namespaces need root and the command `ip`.';
  }
}

/** A network on this machine: hosts with an address each, and an address at which they reach a gateway of the machine. */
export class PrivateNetwork {
  readonly #hosts: Host[] = [];
  readonly #relays: Server[] = [];
  readonly #sockets = new Set<Socket>();

  constructor() {
    ip('link', 'add', BRIDGE, 'type', 'bridge');
    ip('address', 'add', `${SERVER}/24`, 'dev', BRIDGE);
    ip('link', 'set', BRIDGE, 'up');
  }

  /** The address in this network of a gateway that listens on the loopback of the machine. */
  async reach(url: string): Promise<string> {
    const target = new URL(url);
    const [port, hostname] = [Number(target.port), target.hostname];
    const relay = createServer((inner) => {
      const outer = connect(port, hostname);
      for (const [socket, other] of [[inner, outer] as const, [outer, inner] as const]) {
        this.#sockets.add(socket);
        socket.pipe(other);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          other.destroy();
          this.#sockets.delete(socket);
        });
      }
    });
    this.#relays.push(relay);
    await once(relay.listen(0, SERVER), 'listening');
    const address = relay.address();
    target.host = `${SERVER}:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
    return target.href;
  }

  /** A new host. @param number its address ends with it; 2 to 199. */
  host(number: number): Host {
    const host = new Host(number);
    this.#hosts.push(host);
    return host;
  }

  close(): void {
    for (const relay of this.#relays) relay.close();
    for (const socket of this.#sockets) socket.destroy();
    for (const host of this.#hosts) host.delete();
    ip('link', 'delete', BRIDGE);
  }
}

/** A host of a private network, which is a network namespace. */
export class Host {
  readonly #name: string;
  #number: number;

  constructor(number: number) {
    this.#name = `${BRIDGE}-${number}`;
    this.#number = number;
    ip('netns', 'add', this.#name);
    ip('link', 'add', this.#name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#name);
    ip('link', 'set', this.#name, 'master', BRIDGE, 'up');
    this.#inside('link', 'set', 'lo', 'up');
    this.#inside('link', 'set', 'eth0', 'up');
    this.#inside('address', 'add', this.#address, 'dev', 'eth0');
  }

  /** The command and its first arguments that run a program at this host. */
  get command(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** The host leaves its address, and gets another. */
  moveTo(number: number): void {
    this.#inside('address', 'delete', this.#address, 'dev', 'eth0');
    this.#number = number;
    this.#inside('address', 'add', this.#address, 'dev', 'eth0');
  }

  /** Takes the host off the network. */
  unplug(): void {
    ip('link', 'set', this.#name, 'down');
  }

  plug(): void {
    ip('link', 'set', this.#name, 'up');
  }

  delete(): void {
    ip('netns', 'delete', this.#name);
  }

  get #address(): string {
    return `10.177.0.${this.#number}/24`;
  }

  #inside(...args: readonly string[]): void {
    ip('-netns', this.#name, ...args);
  }
}
