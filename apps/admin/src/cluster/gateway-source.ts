import { parseReport } from '@white-rabbit/cluster';
import { databaseProblems, type ClusterStatus, type GatewayStatus, type StatusSource } from './cluster-status.js';

/** Time limit for the response of a gateway, in ms. */
const ANSWER_MS = 2_000;

/** Reads the status of one gateway from its admin port, for a gateway without Redis. */
export class GatewaySource implements StatusSource {
  readonly #url: URL;

  /** `admin`: `http://HOST:PORT`. */
  constructor(admin: URL) {
    this.#url = new URL('readyz', admin);
  }

  async look(): Promise<ClusterStatus> {
    const text = await this.#text();
    const gateway = text === undefined ? undefined : gatewayIn(text);
    const gateways = gateway && [gateway];
    const isAlone = { redis: { state: 'unset' }, database: { state: 'unset' } } as const;
    const reachable = gateway === undefined ? this.#unreachable(text) : reachProblems(gateway, text);
    return { ...isAlone, gateways, problems: [...reachable, ...databaseProblems(gateways ?? [])] };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #text(): Promise<string | undefined> {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(ANSWER_MS) });
      return await answer.text();
    } catch {
      return undefined;
    }
  }

  #unreachable(text: string | undefined): string[] {
    const problem = text === undefined ? 'There is no response from' : 'There is no gateway of this version at';
    const next = 'name the admin port of a gateway with --admin URL, or set REDIS_URL to see a cluster.';
    return [`${problem} ${this.#url.origin}: start a gateway, ${next}`];
  }
}

function gatewayIn(text: string): GatewayStatus | undefined {
  const report = parseReport(text);
  return report && { node: fieldOf(text, 'node') ?? '', report };
}

function reachProblems({ node }: GatewayStatus, text = ''): string[] {
  const cluster = fieldOf(text, 'cluster');
  if (cluster === 'joined' || cluster === undefined) return [];
  return [`${node} cannot reach the other gateways of its cluster (${cluster}). Check its Redis.`];
}

/** A text field of the JSON of a report. */
function fieldOf(text: string, name: string): string | undefined {
  const value = (JSON.parse(text) as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}
