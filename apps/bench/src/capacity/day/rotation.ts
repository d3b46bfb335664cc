import { each, type Sockets } from '../../load/sockets.js';
import type { Client } from '../../load/wire.js';

/** A session and the number of its gateway. */
export interface Member extends Client {
  readonly gateway: number;
}

/** A peer that has no session now. */
interface Away {
  readonly name: string;
  readonly gateway: number;
}

/**
 * Sessions of a population of which a constant part is online. At each turn the session that is the oldest leaves, and
 * the peer that has been away for the longest time registers at the same gateway.
 */
export class Rotation {
  /** The oldest session first. */
  readonly #online: Member[] = [];
  /** The peer that has been away for the longest time first. */
  readonly #away: Away[] = [];
  readonly #gateways: readonly Sockets[];
  #refused = 0;

  /** `gateways`: the sockets to each gateway. */
  constructor(gateways: readonly Sockets[]) {
    this.#gateways = gateways;
  }

  /** Sessions, the oldest first. */
  get online(): readonly Member[] {
    return this.#online;
  }

  /** Number of registers that failed so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Registers all of the population, at the gateways in turn; then all but that many leave. Rejects if one is refused. */
  async fill(names: readonly string[], online: number): Promise<void> {
    const members = await each(names.length, (index) =>
      this.#open({ name: names[index] ?? '', gateway: index % this.#gateways.length }),
    );
    this.#online.push(...members.slice(0, online));
    for (const member of members.slice(online)) this.#close(member);
  }

  /** One leaves, and another comes. */
  turn(): void {
    const [oldest, next] = [this.#online.shift(), this.#away.shift()];
    if (oldest) this.#close(oldest);
    if (!next) return;
    this.#open(next).then(
      (member) => this.#online.push(member),
      () => {
        this.#refused += 1;
        this.#away.push(next);
      },
    );
  }

  async #open({ name, gateway }: Away): Promise<Member> {
    const sockets = this.#gateways[gateway];
    if (!sockets) throw new Error(`There is no gateway ${gateway}.`);
    return { ...(await sockets.open(name)), gateway };
  }

  #close({ name, gateway, socket }: Member): void {
    socket.close();
    this.#away.push({ name, gateway });
  }
}
