import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CLIENT_EVENTS, schemaName, SERVER_EVENTS } from '@white-rabbit/protocol';
import { DEBIAN, howToInstall, isInstalled, type DebianProgram } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { exampleFrames } from './models/example-frames.js';
import { GO } from './models/go.js';
import { ModelProject } from './models/model-project.js';
import { RUST } from './models/rust.js';

/** Generating types and compiling them, with the library for JSON, on a busy machine. Milliseconds. */
const BUILD_MS = 180_000;

/** What is missing for a suite, in sentences; empty if nothing is. */
async function missing(...programs: readonly DebianProgram[]): Promise<string> {
  const installed = await Promise.all(programs.map(isInstalled));
  return programs
    .filter((_, index) => installed[index] !== true)
    .map(howToInstall)
    .join(' ');
}

const FRAMES = [
  ...Object.keys(CLIENT_EVENTS).map((event) => schemaName('client', event)),
  ...Object.keys(SERVER_EVENTS).map((event) => schemaName('server', event)),
];

const LANGUAGES = [
  { language: GO, lacks: await missing(DEBIAN.go), normal: withoutZeros },
  {
    language: RUST,
    lacks: await missing(DEBIAN.cargo, DEBIAN.rustSerde, DEBIAN.rustSerdeDerive),
    normal: (value: unknown) => value,
  },
];

for (const { language, lacks, normal } of LANGUAGES) {
  describeUnless(lacks)(`The ${language.name} types that Modelina generates from docs/asyncapi.yaml`, () => {
    let project: ModelProject;
    beforeAll(async () => {
      project = await ModelProject.build(language);
    }, BUILD_MS);
    afterAll(() => project.remove());

    it('have a name each, and there is one for each event and its data', () => {
      expect(project.names.filter((name) => /anonymous/i.test(name))).toEqual([]);
      expect(project.names).toEqual(expect.arrayContaining(FRAMES.flatMap((name) => [name, `${name}Data`])));
    });

    it('decode every example frame and encode it with the same content', async () => {
      const frames = exampleFrames();
      const encoded = await project.roundTrip(frames);
      expect(frames.length).toBeGreaterThan(60);
      expect(encoded.map(normal)).toEqual(frames.map(({ text }) => normal(JSON.parse(text))));
    });

    it('ignore fields of a later version', async () => {
      const later = { event: 'ack', data: { later: [1] }, ref: '1', also: { later: true } };
      const [encoded] = await project.roundTrip([{ type: 'ServerAck', text: JSON.stringify(later) }]);
      expect(encoded).toEqual({ event: 'ack', data: {}, ref: '1' });
    });
  });
}

/**
 * Without the fields that are false, 0 or empty: Go leaves out such a field if it is optional. In this protocol an optional
 * field that is missing means the same.
 */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => !isZero(item));
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutZeros(item)]));
}

function isZero(value: unknown): boolean {
  return value === false || value === 0 || value === '' || (Array.isArray(value) && value.length === 0);
}
