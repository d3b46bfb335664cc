import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import { expect, it } from '@jest/globals';
import { decode } from './decode.js';
import { describeRendered } from './describe-rendered.js';
import { EnvoyProxy, type EnvoyProxyManifest } from './envoy-gateway-kinds.js';
import { GATEWAY, matches, type Manifests } from './manifests.js';
import { parse, ROOT } from './render.js';
import { RENDERINGS } from './renderings.js';

type Listener = NonNullable<IGateway['spec']>['listeners'][number];

const example = async (file: string) =>
  parse(await readFile(join(ROOT, 'examples', file), 'utf8')).map((document) => decode(document));

/** Whether a listener serves that host: any, if it names none; else the one, or those below a wildcard. */
function serves({ hostname = '' }: Pick<Listener, 'hostname'>, host: string): boolean {
  if (hostname === '' || hostname === host) return true;
  return hostname.startsWith('*.') && host.endsWith(hostname.slice(1));
}

/** What a Gateway would not take of the route in these manifests: a host name, or all of it. */
function refusals({ metadata, spec }: IGateway, manifests: Manifests): readonly string[] {
  const [namespace] = manifests.of('Namespace');
  const route = manifests.one('HTTPRoute', GATEWAY).spec;
  const [parent] = route.parentRefs ?? [];
  const listener = spec.listeners.find(({ name }) => name === parent?.sectionName);
  if (listener === undefined || parent?.name !== metadata?.name || parent?.namespace !== metadata?.namespace) {
    return ['the route names another Gateway or listener'];
  }
  const allowed = listener.allowedRoutes?.namespaces;
  if (allowed?.from !== 'Selector' || !matches(allowed.selector?.matchLabels, namespace?.metadata?.labels ?? {})) {
    return ['routes of this namespace are not allowed'];
  }
  return (route.hostnames ?? []).filter((host) => !serves(listener, host));
}

const routed = RENDERINGS.filter(({ allComponents }) => allComponents.has('gateway-api'));

describeRendered('The Gateway of the examples', () => {
  it.each(routed)('accepts every host name of the route in $name', async ({ manifests }) => {
    const [gateway] = (await example('gateway.yaml')) as [IGateway];
    expect(refusals(gateway, manifests)).toEqual([]);
  });

  it('would not accept the name of a region at a listener for the shared name only', async () => {
    const [gateway] = (await example('gateway.yaml')) as [IGateway];
    Object.assign(gateway.spec.listeners[0] ?? {}, { hostname: 'rabbit.example.com' });
    const region = routed.find(({ overlay }) => overlay === 'region-example');
    expect(region && refusals(gateway, region.manifests)).toEqual(['us-east.rabbit.example.com']);
  });
});

it('Envoy of the examples writes no access log, and keeps the addresses of clients for limits', async () => {
  const [gatewayClass, proxy] = await example('envoy-gateway.yaml');
  const [gateway] = await example('gateway.yaml');
  expect(gateway).toMatchObject({ spec: { gatewayClassName: gatewayClass?.metadata?.name } });
  const { name, namespace } = (proxy as EnvoyProxyManifest).metadata;
  expect(gatewayClass).toMatchObject({ spec: { parametersRef: { kind: EnvoyProxy.kind, name, namespace } } });
  expect((proxy as EnvoyProxyManifest).spec).toMatchObject({
    telemetry: { accessLog: { disable: true } },
    provider: { kubernetes: { envoyService: { externalTrafficPolicy: 'Local' } } },
  });
});
