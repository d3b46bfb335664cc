import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';

/** The tests run in profiles that keep nothing, from which Chromium installs no page. */
const OF_THE_TEST = 'in-incognito';

interface Manifest {
  readonly name: string;
  readonly start_url: string;
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose?: string }[];
}

describeInChromium('The page as an application', (browsers) => {
  it('can be installed by Chromium', async () => {
    const { page } = await browsers().user('alice');
    const devTools = await page.context().newCDPSession(page);
    const { errors, url } = await devTools.send('Page.getAppManifest');
    expect([errors, url]).toEqual([[], new URL('/manifest.webmanifest', page.url()).href]);
    const { installabilityErrors } = await devTools.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== OF_THE_TEST)).toEqual([]);
  });

  it('has a manifest whose icons have the sizes that it names', async () => {
    const { page } = await browsers().user('alice');
    const response = await page.request.get(new URL('/manifest.webmanifest', page.url()).href);
    expect(response.headers()['content-type']).toBe('application/manifest+json');
    const { icons } = (await response.json()) as Manifest;
    const sizes = await page.evaluate(
      async (sources) => {
        const images = await Promise.all(
          sources.map(async (source) => {
            const image = new Image();
            image.src = source;
            await image.decode();
            return image;
          }),
        );
        return images.map(({ naturalWidth, naturalHeight }) => `${naturalWidth}x${naturalHeight}`);
      },
      icons.map(({ src }) => `/${src}`),
    );
    const drawn = icons.map(({ sizes: named }, index) => [named, sizes[index]]).filter(([named]) => named !== 'any');
    expect(drawn).toEqual(drawn.map(([named]) => [named, named]));
    expect(icons.map(({ purpose }) => purpose)).toContain('maskable');
  });
});
