import { decode } from './decode.js';
import { Manifests } from './manifests.js';
import { componentsOf, kubectl, render, type Target } from './render.js';

/** One overlay with some components, as it reaches a cluster. */
export interface Rendering extends Target {
  /** For the names of tests. */
  readonly name: string;
  /** All of its components: those of the overlay, and those on top. */
  readonly allComponents: ReadonlySet<string>;
  readonly manifests: Manifests;
}

/** Of the first two one at most: the second brings the first. */
const COMPONENTS = ['gateway-api', 'envoy-gateway', 'ingress', 'keda', 'prometheus-operator'];

/**
 * Overlays with none, each one, and all of the components; the examples as they are and as they tell operators to change
 * them; and a component beside a namespace of its own.
 */
const CHOICES = [
  ...choices('dev'),
  ...choices('prod'),
  ...copies('single-region-example'),
  ...copies('region-example'),
  { overlay: 'prod', components: COMPONENTS.slice(1), namespace: 'rabbits' },
];

function choices(overlay: string): readonly Target[] {
  const some = [[], ...COMPONENTS.map((component) => [component]), COMPONENTS.slice(1)];
  return some.map((components) => ({ overlay, components }));
}

function copies(overlay: string): readonly Target[] {
  return [
    { overlay, components: [] },
    { overlay, components: ['keda'] },
    { overlay, components: [], instead: { 'envoy-gateway': 'gateway-api' } },
    { overlay, components: [], instead: { 'envoy-gateway': 'ingress' } },
  ];
}

/** Every choice, rendered. Empty where there is no kubectl. */
export const RENDERINGS: readonly Rendering[] = kubectl === undefined ? [] : await renderAll();

async function renderAll(): Promise<readonly Rendering[]> {
  const renderings: Rendering[] = [];
  for (const target of CHOICES) {
    const manifests = new Manifests((await render(target)).map((document) => decode(document)));
    renderings.push({ ...target, name: nameOf(target), allComponents: await allComponentsOf(target), manifests });
  }
  return renderings;
}

function nameOf({ overlay, components, namespace, instead = {} }: Target): string {
  const changes = Object.entries(instead).map(([from, to]) => ` with ${to} for ${from}`);
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return `${[overlay + changes.join(), ...components].join(' + ')}${where}`;
}

async function allComponentsOf({ overlay, components, instead = {} }: Target): Promise<ReadonlySet<string>> {
  const own = (await componentsOf(overlay)).map((name) => instead[name] ?? name);
  const all = [...own, ...components];
  return new Set(all.includes('envoy-gateway') ? [...all, 'gateway-api'] : all);
}

/** The rendering of an overlay with exactly these components. @throws Error where it is none of the choices. */
export function rendering(overlay: string, ...components: readonly string[]): Rendering {
  const name = [overlay, ...components].join(' + ');
  const found = RENDERINGS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`${name} is not rendered`);
  return found;
}
