import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { fillBaseImage, NPM_CACHE } from './local-base-image.js';

const run = promisify(execFile);

const BASE_IMAGE = 'localhost/node:24-slim';
/** npm ci says much. Bytes. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/** The run configuration of an image. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

/** An image, built and laid open. */
export interface BuiltImage {
  readonly config: ImageConfig;
  /** Folder with its files. */
  readonly root: string;
}

/** Builds images without a daemon, in a store of its own that is gone afterwards. Needs root. */
export class Buildah {
  readonly #command: string;
  readonly #folder: string;
  #driver = 'overlay';

  private constructor(command: string, folder: string) {
    this.#command = command;
    this.#folder = folder;
  }

  /** Opens a store and makes the base image in it. */
  static async open(command: string): Promise<Buildah> {
    const buildah = new Buildah(command, await mkdtemp(join(tmpdir(), 'wr-images-')));
    await buildah.#chooseDriver();
    await buildah.#makeBaseImage();
    return buildah;
  }

  /** Builds that stage of deploy/docker/Dockerfile. @throws Error with the output where it cannot be built. */
  async build(target: string): Promise<BuiltImage> {
    const image = `localhost/white-rabbit/${target}`;
    const cache = process.env['npm_config_cache'] ?? join(homedir(), '.npm');
    await mkdir(cache, { recursive: true });
    await this.#run(
      ...['build', '--isolation', 'chroot', '--format', 'docker', '--layers', '--volume', `${cache}:${NPM_CACHE}`],
      ...['--build-arg', `NODE_IMAGE=${BASE_IMAGE}`, '--target', target, '--tag', image],
      ...['--file', 'deploy/docker/Dockerfile', REPOSITORY_ROOT],
    );
    const { Docker } = JSON.parse(await this.#run('inspect', '--type', 'image', image)) as {
      Docker: { config: ImageConfig };
    };
    const container = await this.#run('from', '--pull-never', image);
    return { config: Docker.config, root: await this.#run('mount', container) };
  }

  /** Removes the store and all images. */
  async close(): Promise<void> {
    await this.#run('umount', '--all');
    await this.#run('rm', '--all');
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Where files of images may not be laid over each other (inside a container), each layer is a copy: slow, and the same. */
  async #chooseDriver(): Promise<void> {
    try {
      const container = await this.#run('from', 'scratch');
      await this.#run('mount', container);
      await this.#run('rm', container);
    } catch {
      this.#driver = 'vfs';
    }
  }

  async #makeBaseImage(): Promise<void> {
    const files = join(this.#folder, 'base');
    const environment = await fillBaseImage(files);
    const container = await this.#run('from', 'scratch');
    await this.#run('copy', '--quiet', container, files, '/');
    await this.#run('config', ...environment.flatMap((variable) => ['--env', variable]), container);
    await this.#run('commit', '--quiet', container, BASE_IMAGE);
    await rm(files, { recursive: true });
  }

  async #run(...args: readonly string[]): Promise<string> {
    const store = ['--root', join(this.#folder, this.#driver), '--runroot', join(this.#folder, `${this.#driver}-run`)];
    const { stdout } = await run(this.#command, [...store, '--storage-driver', this.#driver, ...args], {
      cwd: REPOSITORY_ROOT,
      maxBuffer: MOST_OUTPUT,
    });
    return stdout.trim();
  }
}
