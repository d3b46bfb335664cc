import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifests } from '../manifests.js';
import { unmet, type Policy } from '../policy.js';
import { ROOT } from '../render.js';

/** The version of this workspace. */
const { version } = JSON.parse(readFileSync(join(ROOT, '../package.json'), 'utf8')) as { readonly version: string };

const imagesOf = (manifests: Manifests): readonly string[] =>
  manifests.pods.flatMap(({ spec }) =>
    [...(spec.initContainers ?? []), ...spec.containers].map(({ image = '' }) => image),
  );

const isPinned = (image: string) => /:(?!latest$)[\w][\w.-]*$|@sha256:[\da-f]{64}$/.test(image);

export const images: readonly Policy[] = [
  {
    sentence: 'Every image has a version; none is the latest',
    check: (manifests) => imagesOf(manifests).filter((image) => !isPinned(image)),
    breaches: {
      'one is the latest': ({ gatewayContainer }) =>
        Object.assign(gatewayContainer, { image: 'white-rabbit/gateway:latest' }),
      'one has no tag': ({ gatewayContainer }) => Object.assign(gatewayContainer, { image: 'white-rabbit/gateway' }),
      'one has no tag, but a port': ({ gatewayContainer }) =>
        Object.assign(gatewayContainer, { image: 'registry:5000/gateway' }),
    },
  },
  {
    sentence: 'Ours have the version of this workspace, which the labels say, too',
    check: (manifests) => {
      const ours = imagesOf(manifests).filter((image) => image.includes('white-rabbit/'));
      return unmet({
        'there are some': ours.length > 0,
        'of this version': ours.every((image) => image.endsWith(`:${version}`)),
        'labelled with it': manifests.gatewayPods.labels['app.kubernetes.io/version'] === version,
      });
    },
    breaches: {
      'one is older': ({ gatewayContainer }) =>
        Object.assign(gatewayContainer, { image: 'white-rabbit/gateway:0.0.9' }),
      'the label is older': ({ gatewayPods: { labels } }) =>
        Object.assign(labels, { 'app.kubernetes.io/version': '0.0.9' }),
    },
  },
];
