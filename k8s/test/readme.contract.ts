import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { decode } from './decode.js';
import { describeRendered } from './describe-rendered.js';
import { GATEWAY, Manifests } from './manifests.js';
import { render, ROOT } from './render.js';

const README = await readFile(join(ROOT, 'README.md'), 'utf8');

/** Lines of the shell blocks of README.md, without comments. */
const COMMANDS = [...README.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
  block.split('\n').map((line) => line.replace(/ +#.*/, '').trim()),
);

/** The folder in which a line runs: this one, or the one that it changes to in parentheses. */
const folderOf = (line: string) => resolve(ROOT, /^\(cd (\S+) && /.exec(line)?.[1] ?? '.');

it('every npm script in the commands of README.md exists in the folder in which the command runs', async () => {
  const scripts = COMMANDS.filter((line) => line.includes('npm run '));
  expect(scripts).not.toEqual([]);
  for (const line of scripts) {
    const { scripts: known } = JSON.parse(await readFile(join(folderOf(line), 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(Object.keys(known)).toContain(/npm run (\S+)/.exec(line)?.[1]);
  }
});

it('every file and folder in the commands of README.md exists, except for files that the operator writes', async () => {
  const paths = COMMANDS.flatMap((line) => line.match(/(?<=[\s=])(\.\.|base|overlays|examples)\/[\w./-]+/g) ?? []);
  expect(paths.length).toBeGreaterThan(4);
  for (const path of paths.filter((one) => one !== 'overlays/yours')) await stat(join(ROOT, path));
});

/** The section of README.md under that heading. */
const [ROLL_OUT = ''] = /^### Roll-out$.*?(?=^##)/ms.exec(README) ?? [];

/** The number in the row of its table that begins so. */
function figureOf(row: string): number {
  const line = ROLL_OUT.split('\n').find((one) => one.startsWith(`| ${row}`));
  return Number(/(\d+) *\|$/.exec(line ?? '')?.[1]);
}

describeRendered('The roll-out in README.md', () => {
  it('has the times that the manifests set, and their sum', async () => {
    const documents = await render({ overlay: 'prod', components: [] });
    const manifests = new Manifests(documents.map((document) => decode(document)));
    const { gatewayContainer, gatewayPods, gatewaySettings } = manifests;
    const steps = ['preStop', '`WR_DRAIN_DELAY_SECONDS`', '`WR_DRAIN_SECONDS`', 'last releases'].map(figureOf);
    expect(steps.slice(0, 3)).toEqual([
      gatewayContainer.lifecycle?.preStop?.sleep?.seconds,
      Number(gatewaySettings['WR_DRAIN_DELAY_SECONDS']),
      Number(gatewaySettings['WR_DRAIN_SECONDS']),
    ]);
    expect(figureOf('sum')).toBe(steps.reduce((sum, step) => sum + step));
    expect(figureOf('`terminationGracePeriodSeconds`')).toBe(gatewayPods.spec.terminationGracePeriodSeconds);
    const readySeconds = manifests.one('Deployment', GATEWAY).spec?.minReadySeconds;
    expect(README).toContain(`\`minReadySeconds\`, ${readySeconds ?? '?'} s`);
  });
});
