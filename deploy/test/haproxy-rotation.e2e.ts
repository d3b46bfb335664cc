import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { eventually, REPOSITORY_ROOT, TestCluster, type HaproxyProcess, type TestClient } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { BEHIND_HAPROXY, HaproxyFront, missingForHaproxy } from './haproxy-front.js';
import { clientConnections, workersOf } from './haproxy-state.js';
import { servedCertificate } from './tls-client.js';

const run = promisify(execFile);
const ROTATE = join(REPOSITORY_ROOT, 'deploy/haproxy/rotate-certificate');
const START_MS = 90_000;

let front: HaproxyFront;
let cluster: TestCluster;

describeUnless(missingForHaproxy)('HAProxy with open, registered WebSockets', () => {
  beforeAll(async () => {
    cluster = await TestCluster.start(2, { env: BEHIND_HAPROXY, direct: true });
  }, START_MS);
  beforeEach(async () => {
    front = await HaproxyFront.open();
  });
  afterEach(() => front.close());
  afterAll(() => cluster.stop(), START_MS);

  it('serves a new certificate after rotate-certificate and closes no connection', async () => {
    const haproxy = await front.before(cluster.gateways);
    const clients = await registered(haproxy, 4);
    const old = await servedFingerprint(haproxy);

    await front.renewCertificate();
    expect(await servedFingerprint(haproxy)).toBe(old);
    const { stdout } = await rotate(haproxy);

    const { fingerprint256, serialNumber } = new X509Certificate(front.certificate);
    expect(await servedFingerprint(haproxy)).toBe(fingerprint256);
    expect(stdout).toContain(`Serial: ${serialNumber}\n`);
    await areOpen(clients);
    // Trusts the new certificate alone.
    await front.client(haproxy).opened();
    expect(await workersOf(haproxy)).toHaveLength(1);
  });

  it('keeps its certificate when rotate-certificate is given a file that cannot be used', async () => {
    const haproxy = await front.before(cluster.gateways);
    const [client] = await registered(haproxy, 1);
    const { serialNumber } = await servedCertificate(haproxy.port);
    const [formerKey = ''] =
      /-----BEGIN PRIVATE KEY-----.*-----END PRIVATE KEY-----/s.exec(await readFile(front.pemFile, 'utf8')) ?? [];

    await front.renewCertificate();
    const renewed = await readFile(front.pemFile, 'utf8');
    const other = `${front.certificate}${formerKey}\n`;
    const refused: readonly (readonly [pem: string, why: RegExp])[] = [
      [other, /inconsistencies between private key and certificate/],
      ['', /has no PEM/],
      [other.repeat(20), /larger than its buffer/],
    ];
    for (const [pem, why] of refused) {
      await writeFile(front.pemFile, pem);
      await expect(rotate(haproxy)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(why) });
      expect((await servedCertificate(haproxy.port)).serialNumber).toBe(serialNumber);
    }
    // Nothing of a failed attempt is left over. Lines that are not PEM do no harm.
    await writeFile(front.pemFile, `for localhost\n\n${renewed}\n`);
    await rotate(haproxy);
    expect(await servedFingerprint(haproxy)).toBe(new X509Certificate(front.certificate).fingerprint256);
    await areOpen([client]);
  });

  it('keeps open connections at the former process after a reload and gives new ones to the new process', async () => {
    const haproxy = await front.before(cluster.gateways);
    const early = await registered(haproxy, 2);
    const [former] = await workersOf(haproxy);

    await front.renewCertificate();
    await haproxy.reload();
    const [late] = await registered(haproxy, 1);

    expect((await servedCertificate(haproxy.port)).fingerprint256).toBe(
      new X509Certificate(front.certificate).fingerprint256,
    );
    expect(await workersOf(haproxy)).toHaveLength(2);
    await eventually('the new process has the new client alone', async () => (await clientConnections(haproxy)) === 1);
    await areOpen([...early, late]);

    await Promise.all(early.map((client) => client.close()));
    await eventually('the former process ends with its last connection', async () => {
      return !(await workersOf(haproxy)).includes(former ?? 0);
    });
    await areOpen([late]);
  });

  it('closes the connections of the former process when its time after a reload is over', async () => {
    const haproxy = await front.before(cluster.gateways, { env: { WR_HAPROXY_HARD_STOP_AFTER: '1s' } });
    const [early] = await registered(haproxy, 1);
    await haproxy.reload();
    const [late] = await registered(haproxy, 1);
    expect((await early?.closed())?.code).toBe(1006);
    await areOpen([late]);
  });

  it('leaves no process behind when its master is killed after a reload', async () => {
    const haproxy = await front.before(cluster.gateways);
    const [early] = await registered(haproxy, 1);
    await haproxy.reload();
    const [late] = await registered(haproxy, 1);
    process.kill(haproxy.pid, 'SIGKILL');
    await Promise.all([early?.closed(), late?.closed()]);
  });
});

/** So many new clients through it, registered. */
function registered(haproxy: HaproxyProcess, count: number): Promise<TestClient[]> {
  const register = async (): Promise<TestClient> => {
    const client = await front.client(haproxy).opened();
    await client.register(await cluster.identity('client'));
    return client;
  };
  return Promise.all(Array.from({ length: count }, register));
}

/** Each of them is still connected, and its gateway answers it. */
async function areOpen(clients: readonly (TestClient | undefined)[]): Promise<void> {
  await Promise.all(clients.map(async (client) => client?.roundTrip()));
}

async function servedFingerprint(haproxy: HaproxyProcess): Promise<string> {
  return (await servedCertificate(haproxy.port)).fingerprint256;
}

function rotate(haproxy: HaproxyProcess): Promise<{ stdout: string }> {
  const env = { PATH: process.env['PATH'], WR_HAPROXY_SOCKET: haproxy.socketFile };
  return run(ROTATE, [front.pemFile], { env });
}
