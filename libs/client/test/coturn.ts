import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN, findProgram, freePort, howToInstall, ManagedProcess } from '@white-rabbit/testing';

/** Time limit for coturn to listen. Milliseconds. */
const START_MS = 15_000;

/** A coturn process on loopback, with access to its log. */
export class Coturn {
  readonly url: string;
  readonly #process: ManagedProcess;
  readonly #folder: string;

  private constructor(process: ManagedProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.url = `turn:127.0.0.1:${port}?transport=udp`;
  }

  /**
   * Starts Debian's coturn and resolves once it listens. It accepts credentials signed with any of `secrets`.
   *
   * @returns instructions, as a sentence, if coturn is not installed.
   */
  static async start(...secrets: readonly string[]): Promise<Coturn | string> {
    const command = await findProgram(DEBIAN.coturn.program);
    if (command === undefined) return howToInstall(DEBIAN.coturn);
    const [folder, port] = await Promise.all([mkdtemp(join(tmpdir(), 'wr-coturn-')), freePort()]);
    const process = new ManagedProcess({
      name: 'coturn',
      command,
      args: [...fixedArgs(folder, port), ...known(secrets)],
    });
    const coturn = new Coturn(process, folder, port);
    try {
      await process.line((line) => (line.includes('UDP listener opened on') ? true : undefined), START_MS);
      return coturn;
    } catch (failure) {
      await coturn.stop();
      throw failure;
    }
  }

  /** The log lines about a user. */
  linesOf(username: string): readonly string[] {
    return this.#process.lines.filter((line) => line.includes(`<${username}>`));
  }

  /** Stops the process until `resume`; incoming packets wait. */
  pause(): void {
    this.#process.pause();
  }

  resume(): void {
    this.#process.resume();
  }

  /** Ends the process and removes its files. */
  async stop(): Promise<void> {
    await this.#process.stop(2_000);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function known(secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) => ['--static-auth-secret', secret]);
}

function fixedArgs(folder: string, port: number): string[] {
  const address = ['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port)];
  const files = ['--userdb', join(folder, 'turndb'), '--pidfile', join(folder, 'pid'), '--log-file', 'stdout'];
  // `-n`: ignore the configuration of this machine. Loopback peers are allowed only in tests.
  const less = ['--no-cli', '--no-tls', '--no-dtls', '--no-tcp', '--allow-loopback-peers'];
  return ['-n', ...address, ...files, ...less, '--use-auth-secret', '--realm', 'white-rabbit.test', '--verbose'];
}
