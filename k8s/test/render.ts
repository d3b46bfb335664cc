import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
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
export async function render({ overlay, components }: Target): Promise<readonly unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'wr-k8s-'));
  try {
    const from = (path: string) => relative(folder, join(ROOT, path));
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [from(`overlays/${overlay}`)],
      components: components.map((component) => from(`components/${component}`)),
    };
    await writeFile(join(folder, 'kustomization.yaml'), stringify(kustomization));
    const { stdout } = await run(kubectl ?? 'kubectl', ['kustomize', folder], { maxBuffer: 2 ** 24 });
    return parse(stdout).map(unwrapped);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** kustomize breaks long values of a Secret into lines, as Kubernetes allows; the schema's format does not. */
function unwrapped(document: unknown): unknown {
  const { kind, data } = document as { readonly kind?: unknown; readonly data?: Readonly<Record<string, string>> };
  if (kind !== 'Secret' || data === undefined) return document;
  const joined = Object.entries(data).map(([key, value]) => [key, value.replaceAll('\n', '')]);
  return { ...(document as object), data: Object.fromEntries(joined) as unknown };
}
