import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Networks at the same time: suites run in parallel, and a suite that was killed leaves its network behind. */
const MAX_NETWORKS = 250;

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

/** Why this machine has no network namespaces for tests; empty if it has. */
export function whyNoNamespaces(): string {
  const bridge = `wr-try-${process.pid}`;
  try {
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('link', 'delete', bridge);
    return '';
  } catch {
    return 'Network namespaces need root and the command `ip`.';
  }
}

/** A network on this machine: hosts with an address each, and an address at which they reach a gateway of the machine. */
export class PrivateNetwork {
  readonly #number: number;
  readonly #hosts: Host[] = [];
  readonly #relays: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** @throws Error if the machine has no namespaces (`whyNoNamespaces`). */
  constructor() {
    this.#number = newBridge();
    ip('address', 'add', `${this.#gateway}/24`, 'dev', bridgeOf(this.#number));
    ip('link', 'set', bridgeOf(this.#number), 'up');
  }

  /** The address in this network of a server that listens on the loopback of the machine. */
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
    await once(relay.listen(0, this.#gateway), 'listening');
    const address = relay.address();
    target.host = `${this.#gateway}:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
    return target.href;
  }

  /** A new host. @param number its address ends with it; 2 to 199. */
  host(number: number): Host {
    const host = new Host(this.#number, number);
    this.#hosts.push(host);
    return host;
  }

  close(): void {
    for (const relay of this.#relays) relay.close();
    for (const socket of this.#sockets) socket.destroy();
    for (const host of this.#hosts) host.delete();
    ip('link', 'delete', bridgeOf(this.#number));
  }

  get #gateway(): string {
    return addressIn(this.#number, 1);
  }
}

/** A host of a private network, which is a network namespace. */
export class Host {
  readonly #name: string;
  readonly #network: number;
  #number: number;

  /** @internal Created by `PrivateNetwork.host`. */
  constructor(network: number, number: number) {
    this.#name = `${bridgeOf(network)}-${number}`;
    this.#network = network;
    this.#number = number;
    ip('netns', 'add', this.#name);
    ip('link', 'add', this.#name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#name);
    ip('link', 'set', this.#name, 'master', bridgeOf(network), 'up');
    this.#inside('link', 'set', 'lo', 'up');
    this.#inside('link', 'set', 'eth0', 'up');
    this.#join();
  }

  /** The command and its first arguments that run a program at this host. */
  get command(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** The host leaves its address, and gets another. */
  moveTo(number: number): void {
    this.#inside('address', 'delete', this.#address, 'dev', 'eth0');
    this.#number = number;
    this.#join();
  }

  /** Takes the host off the network. */
  unplug(): void {
    ip('link', 'set', this.#name, 'down');
  }

  plug(): void {
    ip('link', 'set', this.#name, 'up');
  }

  delete(): void {
    // The namespace goes later, with its last process, and its link with it.
    ip('link', 'delete', this.#name);
    ip('netns', 'delete', this.#name);
  }

  get #address(): string {
    return `${addressIn(this.#network, this.#number)}/24`;
  }

  /** A browser offers only the address of the default route. */
  #join(): void {
    this.#inside('address', 'add', this.#address, 'dev', 'eth0');
    this.#inside('route', 'add', 'default', 'via', addressIn(this.#network, 1));
  }

  #inside(...args: readonly string[]): void {
    ip('-netns', this.#name, ...args);
  }
}

/** Creates the bridge of a network whose number is not in use. */
function newBridge(): number {
  let failure: unknown;
  for (let number = 0; number < MAX_NETWORKS; number += 1) {
    try {
      ip('link', 'add', bridgeOf(number), 'type', 'bridge');
      return number;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function bridgeOf(network: number): string {
  return `wr-net-${network}`;
}

function addressIn(network: number, host: number): string {
  return `10.177.${network}.${host}`;
}
