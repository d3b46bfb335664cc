import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@white-rabbit/testing/debian-program';
import { parseAllDocuments, stringify } from 'yaml';

const run = promisify(execFile);

/** Folder of the manifests. */
export const ROOT = resolve(import.meta.dirname, '..');

/** Brings kustomize along since 1.14, components since 1.21. No package of Debian 12 is new enough to render these. */
export const kubectl = await findProgram('kubectl');

/** What to render: an overlay, with components on top. */
export interface Target {
  readonly overlay: string;
  readonly components: readonly string[];
  /** The namespace that the overlay on top sets, if it sets one. */
  readonly namespace?: string;
  /** Renders a copy of the overlay that lists other components: the name of each that is replaced, and what replaces it. */
  readonly instead?: Readonly<Record<string, string>>;
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
}

/** All documents of a YAML text. @throws YAMLParseError; a key that stands twice is one. */
export function parse(text: string): readonly unknown[] {
  return parseAllDocuments(text, { uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as unknown;
  });
}

/** The documents that `kubectl apply -k` would send for an overlay of one's own with that base and those components. */
export async function render({ overlay, components, namespace, instead }: Target): Promise<readonly unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'wr-k8s-'));
  try {
    const from = (path: string) => relative(folder, join(ROOT, path));
    if (instead !== undefined) await copyOverlay(overlay, join(folder, 'copy'), instead);
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      ...(namespace === undefined ? {} : { namespace }),
      resources: [instead === undefined ? from(`overlays/${overlay}`) : 'copy'],
      components: components.map((component) => from(`components/${component}`)),
    };
    await writeFile(join(folder, 'kustomization.yaml'), stringify(kustomization));
    const { stdout } = await run(kubectl ?? 'kubectl', ['kustomize', folder], { maxBuffer: 2 ** 24 });
    return parse(stdout).map(unwrapped);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The components that an overlay lists itself. */
export async function componentsOf(overlay: string): Promise<readonly string[]> {
  const { components = [] } = await kustomizationOf(overlay);
  return components.map((path) => basename(path));
}

async function kustomizationOf(overlay: string): Promise<Kustomization> {
  const [kustomization] = parse(await readFile(join(ROOT, 'overlays', overlay, 'kustomization.yaml'), 'utf8'));
  return kustomization as Kustomization;
}

/** Copies an overlay to another folder, as an operator does, with other components. */
async function copyOverlay(overlay: string, to: string, instead: Readonly<Record<string, string>>): Promise<void> {
  const original = join(ROOT, 'overlays', overlay);
  await cp(original, to, { recursive: true });
  const kustomization = await kustomizationOf(overlay);
  const moved = (paths: readonly string[] = []) =>
    paths.map((path) => (path.startsWith('..') ? relative(to, join(original, path)) : path));
  const chosen = kustomization.components?.map((path) =>
    join(dirname(path), instead[basename(path)] ?? basename(path)),
  );
  const copy = { ...kustomization, resources: moved(kustomization.resources), components: moved(chosen) };
  await writeFile(join(to, 'kustomization.yaml'), stringify(copy));
}

/** kustomize breaks long values of a Secret into lines, as Kubernetes allows; the schema's format does not. */
function unwrapped(document: unknown): unknown {
  const { kind, data } = document as { readonly kind?: unknown; readonly data?: Readonly<Record<string, string>> };
  if (kind !== 'Secret' || data === undefined) return document;
  const joined = Object.entries(data).map(([key, value]) => [key, value.replaceAll('\n', '')]);
  return { ...(document as object), data: Object.fromEntries(joined) as unknown };
}
