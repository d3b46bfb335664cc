import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, findProgram, freePort, ManagedProcess, REPOSITORY_ROOT } from '@white-rabbit/testing';
import { INTERVAL, scaledRules, SECONDS_A_MINUTE } from './scaled-rules.js';

const RULES = join(REPOSITORY_ROOT, 'deploy/prometheus/rules.yaml');

/** The program is in the same Debian package as promtool. */
const PROGRAM = 'prometheus';
const READY_MS = 60_000;

/** Why this machine cannot run drills, as a sentence; `undefined` if it can. */
export async function prometheusMissing(): Promise<string | undefined> {
  return (await findProgram(PROGRAM)) === undefined
    ? 'prometheus is missing; install it (npm run setup:system, or apt-get install prometheus).'
    : undefined;
}

/** A Prometheus with the alert rules of this repository, in which a minute takes seconds. */
export class DrillPrometheus {
  readonly #process: ManagedProcess;
  readonly #folder: string;
  readonly #url: string;

  private constructor(process: ManagedProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** Starts it with no targets. @throws Error if it is not installed. */
  static async start(): Promise<DrillPrometheus> {
    const command = await findProgram(PROGRAM);
    if (command === undefined) throw new Error(await prometheusMissing());
    const [folder, port] = [await mkdtemp(join(tmpdir(), 'wr-prometheus-')), await freePort()];
    await writeFile(join(folder, 'rules.yaml'), scaledRules(await readFile(RULES, 'utf8')));
    await writeFile(join(folder, 'targets.json'), '[]');
    await writeFile(join(folder, 'prometheus.yml'), configuration());
    const started = new ManagedProcess({
      name: PROGRAM,
      command,
      cwd: folder,
      args: [
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=data',
        `--web.listen-address=127.0.0.1:${port}`,
        `--query.lookback-delta=${5 * SECONDS_A_MINUTE}s`,
        '--log.level=warn',
      ],
    });
    const prometheus = new DrillPrometheus(started, folder, port);
    try {
      await eventually('Prometheus is ready', async () => (await fetch(`${prometheus.#url}/-/ready`)).ok, {
        deadlineMs: READY_MS,
      });
      return prometheus;
    } catch (failure) {
      await prometheus.stop();
      throw failure;
    }
  }

  /** From now on these admin ports are scraped. */
  async scrape(adminPorts: readonly number[]): Promise<void> {
    const file = join(this.#folder, 'targets.json');
    const targets = adminPorts.map((port) => `127.0.0.1:${port}`);
    // Renamed into place: Prometheus reads the file when it changes.
    await writeFile(`${file}.new`, JSON.stringify([{ targets }]));
    await rename(`${file}.new`, file);
  }

  /** Whether the alert fires, for any gateway or job. @param severity default: any. */
  async isFiring(alert: string, severity = '.*'): Promise<boolean> {
    return (await this.query(`ALERTS{alertname="${alert}",alertstate="firing",severity=~"${severity}"}`)) > 0;
  }

  /** Number of series that the expression has now. */
  async query(expression: string): Promise<number> {
    const answer = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data } = (await answer.json()) as { data: { result: readonly unknown[] } };
    return data.result.length;
  }

  async stop(): Promise<void> {
    await this.#process.stop(5_000);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** JSON is YAML. The name of the job is that of the rules. */
function configuration(): string {
  return JSON.stringify({
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'white-rabbit', file_sd_configs: [{ files: ['targets.json'] }] }],
  });
}
