import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, ManagedProcess, REPOSITORY_ROOT } from '@white-rabbit/testing';
import { present, type Manifests, type Pods } from './manifests.js';

type Environment = Readonly<Record<string, string>>;
type Probe = 'startupProbe' | 'livenessProbe' | 'readinessProbe';

/** Where the container's program is once built, by the name of its image. */
const PROGRAMS: Readonly<Record<string, string>> = {
  gateway: join(REPOSITORY_ROOT, 'apps/gateway/dist/main.js'),
  admin: join(REPOSITORY_ROOT, 'apps/admin/dist/main.js'),
};

/** A folder that stands for the mounted Secret. */
export class MountedSecret {
  private constructor(readonly folder: string) {}

  /** With a file for each key. */
  static async of(files: Environment): Promise<MountedSecret> {
    const folder = await mkdtemp(join(tmpdir(), 'wr-secret-'));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), `${content}\n`);
    return new MountedSecret(folder);
  }

  async unmount(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** The first container of some pods as a process of this machine: its program, its arguments and its environment. */
export function startPod(
  { spec }: Pods,
  settings: Environment,
  secret: MountedSecret,
  more: { readonly args?: readonly string[]; readonly env?: Environment } = {},
): ManagedProcess {
  const container = present(spec.containers[0], 'the pod has no container');
  const mounted = present(container.volumeMounts?.[0]?.mountPath, 'the pod mounts no secret');
  const image = present(/([\w-]+):[^:/]+$/.exec(container.image ?? '')?.[1], 'the image has no name');
  const env = Object.entries(settings).map(([name, value]) => [name, value.replace(mounted, secret.folder)]);
  return new ManagedProcess({
    name: image,
    command: process.execPath,
    args: [
      present(PROGRAMS[image], `no program is known for ${image}`),
      ...(container.args ?? []),
      ...(more.args ?? []),
    ],
    env: { ...(Object.fromEntries(env) as Environment), ...more.env },
  });
}

/** A gateway's pod that runs on loopback, on free ports instead of its own. */
export class GatewayPod {
  private constructor(
    readonly process: ManagedProcess,
    private readonly manifests: Manifests,
    private readonly ports: Readonly<Record<string, number>>,
  ) {}

  static async start(manifests: Manifests, secret: MountedSecret, env: Environment = {}): Promise<GatewayPod> {
    const ports = { ws: await freePort(), admin: await freePort() };
    const own = startPod(manifests.gatewayPods, manifests.gatewaySettings, secret, {
      env: {
        WR_HOST: '127.0.0.1',
        WR_ADMIN_HOST: '127.0.0.1',
        WR_PORT: String(ports.ws),
        WR_ADMIN_PORT: String(ports.admin),
        ...env,
      },
    });
    return new GatewayPod(own, manifests, ports);
  }

  /** Where the Service leads to. */
  get url(): string {
    return `ws://127.0.0.1:${this.ports['ws'] ?? 0}/ws`;
  }

  /** What the kubelet would receive: the HTTP status. Rejects if there is no answer within the time of the probe. */
  async probe(name: Probe): Promise<number> {
    const { httpGet, timeoutSeconds = 1 } = present(this.manifests.gatewayContainer[name], `there is no ${name}`);
    const port = this.ports[String(httpGet?.port)] ?? 0;
    const answer = await fetch(`http://127.0.0.1:${port}${httpGet?.path ?? ''}`, {
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    });
    await answer.text();
    return answer.status;
  }

  /** How long the kubelet lets a probe fail before it acts. Milliseconds. */
  patienceMs(name: Probe): number {
    const { periodSeconds = 10, failureThreshold = 3 } = present(this.manifests.gatewayContainer[name], name);
    return periodSeconds * failureThreshold * 1_000;
  }
}
