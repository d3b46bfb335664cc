import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Not a named import: older Node.js versions, which run other suites well, lack these functions.
import tls from 'node:tls';
import { DEBIAN, findProgram, howToInstall } from './debian-program.js';
import type { GatewayProcess } from './gateway-process.js';
import { HaproxyProcess } from './haproxy-process.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

/** All clients of a test have one address, so no limit for one source applies. */
const NO_SOURCE_LIMITS = { WR_HAPROXY_SOURCE_CONNECTIONS: '1000000', WR_HAPROXY_SOURCE_RATE: '1000000' };

/**
 * HAProxy with TLS before the gateways of a test: one before each gateway, because tests choose their gateway. This
 * process trusts its certificate, so that a test's clients need no TLS options.
 */
export class HaproxyFronts {
  readonly #running: HaproxyProcess[] = [];
  readonly #command: string;
  readonly #folder: string;
  readonly #pemFile: string;

  private constructor(command: string, folder: string, pemFile: string) {
    this.#command = command;
    this.#folder = folder;
    this.#pemFile = pemFile;
  }

  /**
   * Starts HAProxy if WR_TEST_THROUGH=haproxy is set and the programs are installed; a missing program is reported on
   * stderr.
   */
  static async wanted(): Promise<HaproxyFronts | undefined> {
    if (process.env['WR_TEST_THROUGH'] !== 'haproxy') return undefined;
    const command = await findProgram(DEBIAN.haproxy.program);
    const openssl = await findProgram(DEBIAN.openssl.program);
    if (command === undefined || openssl === undefined) {
      const missing = command === undefined ? DEBIAN.haproxy : DEBIAN.openssl;
      process.stderr.write(`Clients connect without HAProxy and TLS: ${howToInstall(missing)}\n`);
      return undefined;
    }
    const folder = await mkdtemp(join(tmpdir(), 'wr-tls-'));
    const { certificate, pemFile } = await selfSignedCertificate(folder, openssl);
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate]);
    return new HaproxyFronts(command, folder, pemFile);
  }

  /** Routes that gateway's clients through a HAProxy of its own. The gateway must not terminate TLS itself. */
  async putBefore(gateway: GatewayProcess): Promise<void> {
    if (gateway.speaksTls) return;
    const haproxy = await HaproxyProcess.start({
      command: this.#command,
      pemFile: this.#pemFile,
      gateways: [{ port: gateway.port }],
      // There is no other gateway: a client gets the answer of this one.
      checks: false,
      env: NO_SOURCE_LIMITS,
    });
    this.#running.push(haproxy);
    gateway.reachedAt(haproxy);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((haproxy) => haproxy.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}
