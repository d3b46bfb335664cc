import { decode } from './decode.js';
import { Manifests } from './manifests.js';
import { kubectl, render, type Target } from './render.js';

/** One overlay with some components, as it reaches a cluster. */
export interface Rendering extends Target {
  /** For the names of tests. */
  readonly name: string;
  readonly manifests: Manifests;
}

const COMPONENTS = ['gateway-api', 'ingress', 'keda', 'prometheus-operator'];

/** Each overlay with none, each one, and all of the components that it does not have yet. */
const CHOICES = [
  ...choices('dev', COMPONENTS),
  ...choices('prod', COMPONENTS),
  ...choices('region-example', ['ingress', 'keda']),
];

function choices(overlay: string, components: readonly string[]): readonly Target[] {
  const some = [[], ...components.map((component) => [component]), components];
  return some.map((chosen) => ({ overlay, components: chosen }));
}

/** Every choice, rendered. Empty where there is no kubectl. */
export const RENDERINGS: readonly Rendering[] = kubectl === undefined ? [] : await renderAll();

async function renderAll(): Promise<readonly Rendering[]> {
  const renderings: Rendering[] = [];
  for (const target of CHOICES) {
    const manifests = new Manifests((await render(target)).map((document) => decode(document)));
    renderings.push({ ...target, name: [target.overlay, ...target.components].join(' + '), manifests });
  }
  return renderings;
}

/** The rendering of an overlay with exactly these components. @throws Error where it is none of the choices. */
export function rendering(overlay: string, ...components: readonly string[]): Rendering {
  const name = [overlay, ...components].join(' + ');
  const found = RENDERINGS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`${name} is not rendered`);
  return found;
}
