import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { decode } from './decode.js';
import { describeRendered } from './describe-rendered.js';
import { parse, ROOT } from './render.js';
import { RENDERINGS, rendering } from './renderings.js';

/** Fields whose value is a map with names of one's own choice: no schema can know these. */
const MAPS =
  /(^|\/)(labels|annotations|matchLabels|data|requests|limits|selector|metadata)$|\/(podSelector|namespaceSelector)$/;

type Fields = Record<string, unknown>;

/** Every object in a document, with its path. */
function* objects(value: unknown, path = ''): Generator<{ readonly path: string; readonly fields: Fields }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { path, fields: value as Fields };
  for (const [key, field] of Object.entries(value)) yield* objects(field, `${path}/${key}`);
}

function isRefused(document: unknown): boolean {
  try {
    decode(document);
    return false;
  } catch {
    return true;
  }
}

/** A rendered document of that kind, to be spoilt. */
function documentOf(kind: string): Fields {
  const found = rendering('prod', 'envoy-gateway', 'ingress', 'keda', 'prometheus-operator').manifests.all.find(
    (document) => document.kind === kind,
  );
  return structuredClone(found) as unknown as Fields;
}

describeRendered('What is rendered', () => {
  it('matches the schemas, in every overlay with every component', () => {
    expect(RENDERINGS).toHaveLength(23);
    for (const { manifests } of RENDERINGS) for (const document of manifests.all) decode(document);
  });

  it('names no document twice', () => {
    for (const { manifests } of RENDERINGS) {
      const names = manifests.all.map(
        ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata?.name ?? ''}`,
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('is refused with an unknown field in any of its objects', () => {
    const passing = new Set<string>();
    const different = new Map(
      RENDERINGS.flatMap(({ manifests }) => manifests.all.map((one) => [JSON.stringify(one), one])),
    );
    for (const document of structuredClone([...different.values()])) {
      for (const { path, fields } of objects(document)) {
        fields['unexpected'] = 'x';
        if (!isRefused(document)) passing.add(`${document.kind}${path}`);
        delete fields['unexpected'];
      }
    }
    expect([...passing].filter((path) => !MAPS.test(path))).toEqual([]);
  });

  it.each([
    ['a misspelt field', 'Deployment', (spec: Fields) => (spec['strategy'] = { rollingUpdate: { maxUnavailabel: 0 } })],
    ['a wrong type', 'Deployment', (spec: Fields) => (spec['minReadySeconds'] = 'soon')],
    ['a required field away', 'Deployment', (spec: Fields) => delete spec['selector']],
    ['a misspelt field', 'HTTPRoute', (spec: Fields) => (spec['hostname'] = [])],
    ['a wrong type', 'HTTPRoute', (spec: Fields) => (spec['rules'] = {})],
    ['a misspelt field', 'ScaledObject', (spec: Fields) => (spec['minReplicas'] = 3)],
    ['a required field away', 'ScaledObject', (spec: Fields) => delete spec['triggers']],
    ['a misspelt field', 'BackendTrafficPolicy', (spec: Fields) => (spec['loadBalancing'] = { type: 'LeastRequest' })],
    ['an unknown value', 'BackendTrafficPolicy', (spec: Fields) => (spec['loadBalancer'] = { type: 'LeastConn' })],
    ['a misspelt field', 'PodMonitor', (spec: Fields) => (spec['endpoints'] = [])],
  ])('is refused with %s in a %s', (_, kind, spoil) => {
    const document = documentOf(kind);
    expect(isRefused(document)).toBe(false);
    spoil(document['spec'] as Fields);
    expect(isRefused(document)).toBe(true);
  });

  it('is refused as an unexpected kind or version', () => {
    expect(isRefused({ ...documentOf('Deployment'), apiVersion: 'apps/v1beta1' })).toBe(true);
    expect(isRefused({ ...documentOf('Deployment'), kind: 'DaemonSet' })).toBe(true);
  });
});

it('Every file here is YAML without a key that stands twice', async () => {
  const files = (await readdir(ROOT, { recursive: true })).filter((file) => /^[^.].*\.yaml$/.test(file));
  const own = files.filter((file) => !file.includes('node_modules'));
  expect(own).toContain('base/deployment.yaml');
  for (const file of own) parse(await readFile(join(ROOT, file), 'utf8'));
  expect(() => parse('a: 1\na: 2\n')).toThrow(/unique/);
});

describe('The examples', () => {
  it.each([
    ['gateway.yaml', ['Gateway']],
    ['envoy-gateway.yaml', ['GatewayClass', 'EnvoyProxy']],
    ['operator.yaml', ['Pod', 'NetworkPolicy']],
  ])('keep to the schemas: %s', async (file, kinds) => {
    const documents = parse(await readFile(join(ROOT, 'examples', file), 'utf8'));
    expect(documents.map((document) => decode(document).kind)).toEqual(kinds);
  });

  it('run this version', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, '../package.json'), 'utf8')) as { version: string };
    const [pod] = parse(await readFile(join(ROOT, 'examples/operator.yaml'), 'utf8')) as [IPod];
    expect(pod.spec?.containers.map(({ image }) => image)).toEqual([`white-rabbit/admin:${version}`]);
  });
});
